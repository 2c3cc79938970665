using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests;

/// <summary>Tests the public API of a single server.</summary>
public sealed class ScalerServerTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task On_RegisteredEvent_ReceivesItsArguments()
    {
        await using var server = await StartAsync(server =>
        {
            server.On<ChatMessage>("chat", async (connection, message, cancellationToken) =>
                await connection.SendAsync("said", message!.Text, message.Times, connection.Account.Name, cancellationToken));
            server.On("raw", async (connection, message, cancellationToken) =>
                await connection.SendAsync("raw", message.GetArgument<int>(1), message.GetArgument<string>(2), cancellationToken));
        });
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync("""{"event":"chat","args":[{"text":"hello","times":2}]}""");
        await client.SendAsync("""{"event":"raw","args":["a",7]}""");

        Assert.Equal("""{"event":"said","args":["hello",2,"acme"]}""", await client.ReadMessageAsync());
        Assert.Equal("""{"event":"raw","args":[7,null]}""", await client.ReadMessageAsync());
    }

    [Fact]
    public async Task SendAsync_ReceivedMessage_SendsTheSameBytes()
    {
        await using var server = await StartAsync(server =>
            server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken)));
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        const string UnusualJson = """ { "event" : "echo", "args":[ 1.0, "\u0041" ], "more":true } """;
        await client.SendAsync(UnusualJson);

        Assert.Equal(UnusualJson, await client.ReadMessageAsync());
    }

    [Fact]
    public async Task InvalidMessages_RaiseErrorEventsWithoutAffectingConnections()
    {
        var raised = Channel.CreateUnbounded<string>();
        void Add(string name, params string[] arguments) => raised.Writer.TryWrite($"{name}({string.Join("|", arguments)})");
        await using var server = await StartAsync(
            server =>
            {
                server.On("error::json", message => Add("json", message));
                server.On("error::invalid", message => Add("invalid", message));
                server.On("error::validation", (name, error) => Add("validation", name, error));
                server.On("error::handler", (name, error) => Add("handler", name, error));
                server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken));
                server.Validate("checked", message => message.GetArgument<int>(0) > 5 ? null : "too small");
                server.On<int>("number", (_, _, _) => default);
                server.On("broken", (_, _, _) => throw new InvalidOperationException("oh"));
                server.On("broken-later", async (_, _, cancellationToken) =>
                {
                    await Task.Yield();
                    throw new InvalidOperationException("oh");
                });
            },
            options => options.Strict = true);
        await using var bad = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        await using var good = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        (string Message, string Event)[] cases =
        [
            ("hello", "json(hello)"),
            ("[1]", "invalid([1])"),
            ("{}", "validation(|the message has no event name)"),
            ("""{"event":"none"}""", "validation(none|there is no such event)"),
            ("""{"event":"checked","args":[3]}""", "validation(checked|too small)"),
            ("""{"event":"echo","args":3}""", "validation(echo|'args' is not an array)"),
            ("""{"event":"broken"}""", "handler(broken|InvalidOperationException: oh)"),
            ("""{"event":"broken-later"}""", "handler(broken-later|InvalidOperationException: oh)"),
        ];
        foreach (var (message, expected) in cases)
        {
            await bad.SendAsync(message);
            Assert.Equal(expected, await raised.Reader.ReadAsync().AsTask().WithTimeout());
        }

        await bad.SendAsync("""{"event":"number","args":["x"]}""");
        Assert.StartsWith("validation(number|the first argument is not a valid Int32", await raised.Reader.ReadAsync().AsTask().WithTimeout(), StringComparison.Ordinal);

        foreach (var client in new[] { bad, good })
        {
            await client.SendAsync("""{"event":"echo"}""");
            Assert.Equal("""{"event":"echo"}""", await client.ReadMessageAsync());
        }
    }

    [Fact]
    public async Task ErrorsRaised_ForAnInvalidMessage_IdentifiesAccountServerAndConnection()
    {
        var raised = new TaskCompletionSource<ScalerError>();
        await using var server = await StartAsync(server =>
        {
            // A listener that throws must not keep the other listeners from being called.
            server.Errors.Json += _ => throw new InvalidOperationException();
            server.Errors.Raised += raised.SetResult;
        });
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync(new string('x', 10_000));

        var error = await raised.Task.WithTimeout();
        Assert.Equal(("error::json", true, "acme", server.Id), (error.Name, error.IsCritical, error.Account, error.Server));
        Assert.Equal(new string('x', 128) + "…", Assert.Single(error.Arguments));
        Assert.Equal(Assert.Single(server.Connections).Id, error.ConnectionId);
    }

    [Theory]
    [InlineData("", "Bad request: the query parameter 'account' is required")]
    [InlineData("&account=", "Bad request: the query parameter 'account' is required")]
    [InlineData("&account=a&account=b", "Bad request: the query parameter 'account' is given 2 times")]
    [InlineData("&account=%FF", "Bad request: the query parameter 'account' is not valid percent-encoded UTF-8")]
    [InlineData("&account=50%", "Bad request: the query parameter 'account' is not valid percent-encoded UTF-8")]
    [InlineData("&account=a%C3", "Bad request: the query parameter 'account' is not valid percent-encoded UTF-8")]
    [InlineData("&account=%ED%A0%80", "Bad request: the query parameter 'account' is not valid percent-encoded UTF-8")]
    [InlineData("&account=a%0Ab", "Bad request: the query parameter 'account' has a control character")]
    [InlineData("&account=aaaaaaaaaaa", "Bad request: the query parameter 'account' has 11 characters, at most 10 are allowed")]
    public async Task Handshake_WithoutAValidAccount_Returns400WithTheReason(string query, string message)
    {
        await using var server = await StartAsync(null, options => options.MaxAccountLength = 10);
        using var http = new HttpClient();

        // Without the option, Uri would repair a malformed escape.
        using var answer = await http.GetAsync(new Uri(
            $"{server.GetUrl()}/stream/?EIO=4&transport=polling{query}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(3, body.RootElement.GetProperty("code").GetInt32());
        Assert.Equal(message, body.RootElement.GetProperty("message").GetString());
        Assert.Equal(0, server.ConnectionCount);
    }

    [Fact]
    public async Task Account_WithConnections_ListsAndDisconnectsThem()
    {
        await using var server = await StartAsync(null);
        await using var socket = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        await using var polling = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: true);

        var connections = await server.GetAccount("acme").Connections.OrderBy(c => c.Transport).ToListAsync();
        Assert.Equal(["polling", "websocket"], connections.Select(c => c.Transport));
        Assert.All(connections, c => Assert.Equal((server.Id, 4, "127.0.0.1"), (c.Server, c.ProtocolVersion, c.RemoteAddress)));
        Assert.Equal("acme", (await server.Accounts.StartingWith("ac").SingleAsync()).Name);

        var result = await server.GetAccount("acme").DisconnectAsync();

        Assert.Equal(2, result.Connections);
        await Task.WhenAll(socket.Closed, polling.Closed).WithTimeout();
        await Deadline.WaitUntilAsync(async () => !await server.Accounts.AnyAsync());
    }

    [Fact]
    public async Task Connection_AboveTheAccountLimit_IsClosed()
    {
        var raised = new TaskCompletionSource<string>();
        await using var server = await StartAsync(
            server => server.On("error::limit", (account, limit) => raised.SetResult($"{account} {limit}")),
            options => options.MaxConnectionsPerAccount = 1);
        await using var first = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        await using var second = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        Assert.Equal("acme connections per account: 1", await raised.Task.WithTimeout());
        await second.Closed.WithTimeout();
        Assert.False(first.Closed.IsCompleted);
        await Deadline.WaitUntilAsync(() => server.ConnectionCount == 1);
    }

    [Theory]
    [InlineData("error::unknown")]
    [InlineData("error::json")]
    public void On_UnknownErrorName_ThrowsWithTheValidNames(string name)
    {
        var server = ScalerServer.Create(UnconnectedRedis.Instance);

        Assert.Contains("error::connect, error::disconnect", Assert.Throws<ArgumentException>(() => server.On(name, (_, _) => { })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => server.On(name, (_, _, _) => default));
    }

    [Fact]
    public void Constructor_WithInvalidOptions_Throws() =>
        Assert.Throws<OptionsValidationException>(() => new ScalerServer(UnconnectedRedis.Instance, new ScalerOptions { Prefix = "" }));

    [Fact]
    public async Task ListenAsync_Twice_Throws()
    {
        await using var server = await StartAsync(null);

        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ListenAsync(0));
    }

    [Fact]
    public async Task AddScaler_WithConfiguration_BindsOptionsAndUsesTheHost()
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0", "--Scaler:Path=/live/", "--Scaler:Prefix", backends.NewPrefix(),
            "--Scaler:EngineIO:PingInterval=00:00:07"
        ]);
        builder.Services.AddSingleton(await backends.ConnectAsync(Backend.Garnet));
        builder.Services.AddScaler(options => options.Cluster.ServerId = "di");
        await using var app = builder.Build();
        app.MapScaler();
        await app.StartAsync();
        using var http = new HttpClient();

        var open = await http.GetStringAsync(new Uri($"{app.Urls.First()}/live/?EIO=4&transport=polling&account=a"));

        Assert.Contains("\"pingInterval\":7000", open, StringComparison.Ordinal);
        Assert.Contains("\"sid\":\"di.", open, StringComparison.Ordinal);
        Assert.Equal(app.Urls.First(), (await app.Services.GetRequiredService<ScalerServer>().Cluster.GetServersAsync())[0].Url);
        await app.StopAsync();
    }

    [Fact]
    public async Task StartAsync_WithAnInvalidOption_Throws()
    {
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Scaler:Cluster:ServerId=a.b"]);
        builder.Services.AddSingleton(UnconnectedRedis.Instance);
        builder.Services.AddScaler();
        await using var app = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains("Scaler:Cluster:ServerId is 'a.b'", exception.Message, StringComparison.Ordinal);
    }

    private async Task<ScalerServer> StartAsync(Action<ScalerServer>? prepare, Action<ScalerOptions>? configure = null) =>
        await ScalerTestServer.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), configure, prepare);

    private sealed record ChatMessage(string Text, int Times);
}
