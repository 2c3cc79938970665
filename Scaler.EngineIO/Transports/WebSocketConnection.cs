using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// One WebSocket, by its own framing on the upgraded stream. System.Net.WebSockets can't refuse a frame at its header, choose
/// its close codes, or send one encoded frame to many, and keeps buffers while a connection is idle.
/// </summary>
/// <remarks>
/// Reading is a loop in the request's task: it waits without a buffer, for data or the client's end. Writing has no loop of its own:
/// whoever has something to send starts it (<see cref="OutputAvailable"/>), and it runs until there is nothing left. What
/// either could be waiting for is ended by <see cref="Abort"/>, which the close deadline calls.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync gives the buffers back at its end.")]
internal sealed partial class WebSocketConnection : IOutputDrain
{
    private readonly EngineRuntime _runtime;
    private readonly Stream _stream;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly bool _compression;
    private readonly Lock _lock = new();
    private readonly CloseDeadline _closeDeadline;
    private EngineSession? _session;
    private UpgradeAttempt? _upgrade;
    private bool _ended;

    public WebSocketConnection(EngineRuntime runtime, Stream stream, IHttpRequestLifetimeFeature lifetime, bool compression)
    {
        _runtime = runtime;
        _stream = stream;
        _lifetime = lifetime;
        _compression = compression;
        _closeDeadline = new CloseDeadline(this);
    }

    /// <summary>Serves a session that begins with this WebSocket, until the WebSocket ends.</summary>
    public async Task RunSessionAsync(EngineSession session)
    {
        _session = session;
        session.Attach(this);
        var delay = _runtime.Options.OpenPacketDelay;
        var pause = delay > TimeSpan.Zero ? Task.Delay(delay, _runtime.Time, CancellationToken.None) : Task.CompletedTask;
        await session.OpenAsync();
        await pause;
        session.StartDraining(this);
        await RunAsync();
    }

    /// <summary>Serves a WebSocket that wants to take a polling session over.</summary>
    public async Task RunUpgradeAsync(EngineSession session)
    {
        _upgrade = session.TryBeginUpgrade(this);
        if (_upgrade is null)
        {
            Close(WebSocketCloseCode.Conflict, "session has a transport");
        }
        else
        {
            _upgradingSession = session;
        }

        await RunAsync();
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            // Once the request is over, its features serve another one.
            if (!_ended)
            {
                _lifetime.Abort();
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone; the same as an end without a close frame.
        }
        finally
        {
            ReturnBuffers();
            if (_upgrade is { } upgrade && _session is null)
            {
                _upgradingSession!.DropUpgrade(upgrade, WebSocketCloseCode.None, "websocket ended");
            }

            _session?.Close(EngineCloseReason.TransportClose);
            await StopWritingAsync();
            _session?.Finish();
            lock (_lock)
            {
                _ended = true;
            }

            _runtime.Clock.Disarm(_closeDeadline);
        }
    }

    private sealed class CloseDeadline(WebSocketConnection connection) : Deadline
    {
        public override void Expire() => connection.Abort();
    }
}
