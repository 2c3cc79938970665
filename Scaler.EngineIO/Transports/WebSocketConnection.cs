using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
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
    private readonly IDuplexPipe? _transport;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly bool _compression;
    private readonly Lock _lock = new();
    private EngineSession? _session;
    private UpgradeAttempt? _upgrade;
    private CloseDeadline? _closeDeadline;
    private bool _ended;

    /// <param name="runtime">What it shares with others.</param>
    /// <param name="stream">The upgraded connection.</param>
    /// <param name="transport">What the stream reads and writes, where that may be done past it; null where it has to be used.</param>
    /// <param name="lifetime">Cuts the connection.</param>
    /// <param name="compression">Whether permessage-deflate was agreed on.</param>
    public WebSocketConnection(
        EngineRuntime runtime, Stream stream, IDuplexPipe? transport, IHttpRequestLifetimeFeature lifetime, bool compression)
    {
        _runtime = runtime;
        _stream = stream;
        _transport = transport;
        _lifetime = lifetime;
        _compression = compression;
    }

    /// <summary>Takes a session on that begins with this WebSocket.</summary>
    public async ValueTask OpenAsync(EngineSession session)
    {
        _session = session;
        session.Attach(this);
        await session.OpenAsync();
        _runtime.OpenPause.Begin(this);
    }

    /// <summary>The open packet may leave, and all that follows it.</summary>
    public void StartSession() => _session!.StartDraining(this);

    /// <summary>Tries to take a polling session over.</summary>
    public void BeginUpgrade(EngineSession session)
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

    /// <summary>
    /// Serves the client until the WebSocket ends. It is all of a connection's code that waits as long as that, so what it keeps
    /// in memory counts for each of them.
    /// </summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_peerClosed)
            {
                if (_received.Unread.IsEmpty)
                {
                    _received.Free();
                }

                if (_transport is not null)
                {
                    if (!TryTake(_transport.Input, await _transport.Input.ReadAsync()))
                    {
                        break;
                    }
                }
                else
                {
                    if (_received.Unread.IsEmpty)
                    {
                        // Completes when there is data, without a buffer being held until then.
                        var none = await _stream.ReadAsync(Memory<byte>.Empty);
                        Debug.Assert(none == 0, "An empty buffer takes nothing.");
                    }

                    if (!TryTake(await _stream.ReadAsync(_received.MakeRoom())))
                    {
                        break;
                    }
                }

                var handled = HandleReceived();
                if (!handled.IsCompletedSuccessfully)
                {
                    await handled;
                }
            }
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

            if (_closeDeadline is not null)
            {
                _runtime.Clock.Disarm(_closeDeadline);
            }
        }
    }

    private sealed class CloseDeadline(WebSocketConnection connection) : Deadline
    {
        public override void Expire() => connection.Abort();
    }
}
