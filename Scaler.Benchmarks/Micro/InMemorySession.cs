using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Scaler.EngineIO;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Telemetry;
using Scaler.EngineIO.Transports;

namespace Scaler.Benchmarks.Micro;

/// <summary>A WebSocket session as the server runs it, without the network.</summary>
internal sealed class InMemorySession
{
    private InMemorySession(EngineSession session, InMemoryTransport transport)
    {
        (Session, Transport) = (session, transport);
    }

    public EngineSession Session { get; }

    public InMemoryTransport Transport { get; }

    public static EngineRuntime CreateRuntime(IEngineHandler handler)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

        // No client answers pings here: with a short interval, sessions would time out before they are measured.
        var options = new EngineIOOptions { OpenPacketDelay = TimeSpan.Zero, PingInterval = TimeSpan.FromHours(1) };
        return new EngineRuntime(options, handler, TimeProvider.System, new EngineMetrics(meters), NullLogger.Instance);
    }

    public static async Task<InMemorySession> OpenAsync(EngineRuntime runtime, int number)
    {
        var transport = new InMemoryTransport();
        var handshake = new EngineHandshake(new DefaultHttpContext(), runtime.Options, runtime.Time.GetUtcNow());
        var session = new EngineSession(runtime, $"sid-{number}", $"id-{number}", 4, false, EngineTransport.WebSocket, handshake);
        runtime.Table.TryAdd(session);
        var connection = new WebSocketConnection(runtime, transport, compression: false);
        await connection.OpenAsync(session);
        _ = connection.ServeAsync();
        SpinWait.SpinUntil(() => transport.Written > 0);
        return new InMemorySession(session, transport);
    }
}
