using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO;
using Scaler.Tests.Documents;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.RealClients;

/// <summary>
/// Three servers with one redis-server, behind nginx or HAProxy with the documented configuration. The application echoes
/// messages as <see cref="ClientEcho"/> does, answers Socket.IO clients, and sends the event "say" to the whole account.
/// </summary>
internal sealed class ClientCluster : IAsyncDisposable
{
    private readonly List<WebApplication> _servers = [];
    private DocumentedProxy? _proxy;
    private RedisProcess? _redis;
    private ConnectionMultiplexer? _connection;

    private ClientCluster()
    {
    }

    public ClientEcho Echo { get; } = new();

    public IEnumerable<ScalerServer> Servers => _servers.Select(static app => app.Services.GetRequiredService<ScalerServer>());

    /// <summary>Gets the URL of the proxy. At localhost, engine.io-client would ignore that the browser is offline.</summary>
    public string Url => $"https://127.0.0.1:{_proxy!.Port}";

    /// <summary>Gets the URL of the proxy without TLS.</summary>
    public string PlainUrl => $"http://127.0.0.1:{_proxy!.PlainPort}";

    /// <summary>Gets the URL of each server, without a proxy.</summary>
    public IEnumerable<string> ServerUrls => _servers.Select(static app => app.Urls.Single());

    public static async Task<ClientCluster> StartAsync(string proxy, TimeSpan pingInterval, TimeSpan pingTimeout)
    {
        var cluster = new ClientCluster();
        cluster._redis = await RedisProcess.StartAsync();
        cluster._connection = await ConnectionMultiplexer.ConnectAsync(cluster._redis.Endpoint);
        for (var count = 0; count < 3; count++)
        {
            cluster._servers.Add(await cluster.StartServerAsync(pingInterval, pingTimeout));
        }

        var configuration = DocumentSnippet.All().Single(snippet => snippet.Language == proxy).Code;
        cluster._proxy = await DocumentedProxy.StartAsync(proxy, configuration, [.. cluster.ServerUrls]);
        return cluster;
    }

    /// <summary>Gets the session of an account, which has one connection, on any of the servers.</summary>
    public EngineSession GetSession(string account) =>
        Servers.SelectMany(static server => server.Connections).Single(connection => connection.Account.Name == account).Session;

    /// <summary>Reads the connections of an account from the registry.</summary>
    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account) =>
        Servers.First().Cluster.GetConnectionsAsync(account);

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        foreach (var server in _servers)
        {
            await server.StopAsync().WithTimeout("a server to stop");
            await server.DisposeAsync();
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    private async Task<WebApplication> StartServerAsync(TimeSpan pingInterval, TimeSpan pingTimeout)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IConnectionMultiplexer>(_connection!);
        builder.Services.AddScaler(options =>
        {
            // The timeouts of ScalerTestServer.
            options.Cluster.RegistrationTimeout = TimeSpan.FromSeconds(10);
            options.Cluster.SendTimeout = Deadline.DefaultTimeout;
            options.Cluster.ForwardConnectTimeout = TimeSpan.FromSeconds(10);
            options.Cluster.DrainBudget = TimeSpan.Zero;
            options.Decoder = new Decoder();
            options.EngineIO.AllowV3 = true;
            (options.EngineIO.PingInterval, options.EngineIO.PingTimeout) = (pingInterval, pingTimeout);
        });
        var app = builder.Build();
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
        var server = app.Services.GetRequiredService<ScalerServer>();
        server.On("raw", AnswerAsync);
        server.On("say", static async (connection, message, token) =>
            await connection.Account.SendAsync("say", message.GetArgument<string>(0), token));
        app.MapScaler();
        app.MapGet("/health", static () => Results.Ok());
        app.MapGet("/page.html", static () => Results.File(GetClientFile("page.html"), "text/html"));
        app.MapGet("/other.html", static () => Results.Content("<!doctype html><title>Another page</title>", "text/html"));
        app.MapGet("/engine.io.js", static () =>
            Results.File(GetClientFile("node_modules/engine.io-client-6/dist/engine.io.min.js"), "text/javascript"));
        await app.StartAsync();
        return app;
    }

    private static string GetClientFile(string name) => Path.Combine(Repository.Root, NodeRunner.EngineClientsFolder, name);

    private ValueTask AnswerAsync(ScalerConnection connection, ScalerMessage message, CancellationToken cancellationToken)
    {
        var session = connection.Session;
        if (connection.Items.TryAdd(this, null))
        {
            Echo.Observe(session);
        }

        var answer = new EngineMessage(message.Data, message.IsBinary);
        return session.Handshake.Query["label"].ToString().StartsWith("socketio", StringComparison.Ordinal)
            ? SocketFraming.AnswerAsync(session, answer, cancellationToken)
            : ClientEcho.AnswerAsync(session, answer, cancellationToken);
    }

    /// <summary>Decodes the event "say", and any other message as the event "raw".</summary>
    private sealed class Decoder : IMessageDecoder
    {
        public DecodeOutcome Decode(ReadOnlyMemory<byte> data, bool isBinary, out DecodedMessage message)
        {
            if (data.Span.StartsWith("{\"event\":\"say\""u8))
            {
                return JsonMessageDecoder.Instance.Decode(data, isBinary, out message);
            }

            message = new DecodedMessage("raw"u8.ToArray(), default);
            return DecodeOutcome.Decoded;
        }
    }
}
