using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scaler.DirectSockets;
using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>
/// Hosts an Engine.IO server on Kestrel, on a free loopback port. <see cref="DisposeAsync"/> fails the test if the server
/// logged an error.
/// </summary>
internal sealed class EngineTestHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly FakeLoggerProvider _logs;

    private EngineTestHost(WebApplication application, EngineTestHandler handler, FakeLoggerProvider logs)
    {
        _application = application;
        _logs = logs;
        Handler = handler;
        Port = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
    }

    public int Port { get; }

    public HttpClient Client { get; }

    public EngineTestHandler Handler { get; }

    public EngineServer Server => _application.Services.GetRequiredService<EngineServer>();

    public IServiceProvider Services => _application.Services;

    /// <summary>Gets or sets a value indicating whether the server may log errors without failing the test.</summary>
    public bool AllowsErrors { get; set; }

    public static async Task<EngineTestHost> StartAsync(
        Action<EngineIOOptions>? configure = null, EngineTestHandler? handler = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        handler ??= new EngineTestHandler();
        var logs = new FakeLoggerProvider();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseDirectSockets().UseUrls("http://127.0.0.1:0").ConfigureKestrel(static kestrel =>
        {
            // Kestrel measures these rates in real time: on a loaded machine, a test client falls below them.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddRouting();
        builder.Services.AddSingleton<IEngineHandler>(handler);
        builder.Services.AddEngineIO<EngineTestHandler>(options =>
        {
            // Test clients read from the first byte, so the server does not have to delay the open packet.
            options.OpenPacketDelay = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var application = builder.Build();
        application.MapEngineIO();
        await application.StartAsync();
        return new EngineTestHost(application, handler, logs);
    }

    /// <summary>Starts a server that allows JSONP. Its client names a page of the server as <c>Referer</c>.</summary>
    public static async Task<EngineTestHost> StartJsonpAsync(Action<EngineIOOptions>? configure = null)
    {
        var host = await StartAsync(options =>
        {
            options.AllowJsonp = true;
            configure?.Invoke(options);
        });
        host.Client.DefaultRequestHeaders.Referrer = new Uri(host.Client.BaseAddress!, "/page?x=1#top");
        return host;
    }

    public Task StopAsync() => _application.StopAsync();

    /// <summary>Opens a polling session.</summary>
    /// <returns>The session id.</returns>
    public async Task<string> OpenPollingAsync(int version = 4, string more = "")
    {
        var body = await Client.GetStringAsync(new Uri($"/engine.io/?EIO={version}&transport=polling{more}", UriKind.Relative))
            .WithTimeout("the handshake response");
        return ParseSid(body);
    }

    public static string ParseSid(string body)
    {
        var json = body[body.IndexOf('{', StringComparison.Ordinal)..(body.IndexOf('}', StringComparison.Ordinal) + 1)];
        return JsonDocument.Parse(json).RootElement.GetProperty("sid").GetString()!;
    }

    /// <summary>Sends a GET request with a query string.</summary>
    public Task<EngineResponse> GetAsync(string query, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, query, null, null, headers);

    public async Task<EngineResponse> SendAsync(
        HttpMethod method, string query, byte[]? body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri("/engine.io/" + query, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Client.SendAsync(request).WithTimeout($"{method} {query}");
        return new EngineResponse(
            response.StatusCode, await response.Content.ReadAsByteArrayAsync().WithTimeout("the response body"),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(static header => header.Key, static header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    public Task<EngineResponse> PollAsync(string sid, int version = 4, string more = "") =>
        GetAsync($"?EIO={version}&transport=polling&sid={sid}{more}");

    /// <summary>Sends a poll request, and returns when the server holds it.</summary>
    /// <returns>A task that completes with the response.</returns>
    public async Task<Task<EngineResponse>> HoldPollAsync(EngineSession session, string sid)
    {
        var poll = PollAsync(sid, session.ProtocolVersion);
        await session.WaitForHeldPollAsync();
        return poll;
    }

    public Task<EngineResponse> PostAsync(string sid, string body, int version = 4, string contentType = "text/plain;charset=UTF-8", string more = "") =>
        PostAsync(sid, Encoding.UTF8.GetBytes(body), version, contentType, more);

    public Task<EngineResponse> PostAsync(string sid, byte[] body, int version = 4, string? contentType = null, string more = "") =>
        SendAsync(HttpMethod.Post, $"?EIO={version}&transport=polling&sid={sid}{more}", body, contentType);

    public Task<RawWebSocket> ConnectWebSocketAsync(string? sid = null, int version = 4, string more = "", params (string Name, string Value)[] headers) =>
        RawWebSocket.ConnectAsync(Port, $"?EIO={version}&transport=websocket{(sid is null ? "" : "&sid=" + sid)}{more}", headers);

    /// <summary>Opens a WebSocket session and reads its open packet.</summary>
    public async Task<RawWebSocket> OpenWebSocketAsync(int version = 4, string more = "")
    {
        var socket = await ConnectWebSocketAsync(null, version, more);
        Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        return socket;
    }

    /// <summary>Opens a polling session and upgrades it to WebSocket.</summary>
    public async Task<(string Sid, RawWebSocket Socket)> OpenUpgradedAsync()
    {
        var sid = await OpenPollingAsync();
        var socket = await ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendTextAsync("5");
        await socket.SendTextAsync("4upgraded");
        Assert.Equal("4upgraded", await socket.ReadTextAsync());
        return (sid, socket);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync().WithTimeout("the host to stop");
        var errors = _logs.Collector.GetSnapshot().Where(static record => record.Level >= LogLevel.Error).ToList();
        await _application.DisposeAsync();
        if (!AllowsErrors)
        {
            Assert.True(errors.Count == 0, string.Join('\n', errors.Select(static error => $"{error.Message} {error.Exception}")));
        }
    }
}
