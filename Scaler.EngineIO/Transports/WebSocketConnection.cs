using System.Diagnostics;
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
    private readonly ITransportConnection? _transport;
    private readonly Stream? _stream;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly bool _compression;
    private readonly Lock _lock = new();
    private EngineSession? _session;
    private UpgradeAttempt? _upgrade;
    private CloseDeadline? _closeDeadline;
    private bool _ended;

    /// <summary>A WebSocket on the upgraded stream, as part of its request.</summary>
    /// <param name="runtime">What it shares with others.</param>
    /// <param name="stream">The upgraded connection.</param>
    /// <param name="lifetime">Cuts the connection.</param>
    /// <param name="compression">Whether permessage-deflate was agreed on.</param>
    public WebSocketConnection(EngineRuntime runtime, Stream stream, IHttpRequestLifetimeFeature lifetime, bool compression)
        : this(runtime, compression)
    {
        _stream = stream;
        _lifetime = lifetime;
    }

    /// <summary>A WebSocket on what the stream would read and write, where that may be done past it.</summary>
    /// <param name="runtime">What it shares with others.</param>
    /// <param name="transport">The connection.</param>
    /// <param name="compression">Whether permessage-deflate was agreed on.</param>
    public WebSocketConnection(EngineRuntime runtime, ITransportConnection transport, bool compression)
        : this(runtime, compression)
    {
        _transport = transport;
    }

    private WebSocketConnection(EngineRuntime runtime, bool compression)
    {
        _runtime = runtime;
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
                _transport?.Abort();
                _lifetime?.Abort();
            }
        }
    }

    /// <summary>Serves the client until the WebSocket ends: within the request, or, where that is possible, when the request has ended.</summary>
    public Task ServeAsync() => _transport?.TryOutliveRequest(RunAsync) == true ? Task.CompletedTask : RunAsync();

    /// <summary>
    /// Serves the client until the WebSocket ends. It is all of a connection's code that waits as long as that, so what it keeps
    /// in memory counts for each of them.
    /// </summary>
    private async Task RunAsync()
    {
        _transport?.HandleWhereReceived();
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
                        var none = await _stream!.ReadAsync(Memory<byte>.Empty);
                        Debug.Assert(none == 0, "An empty buffer takes nothing.");
                    }

                    if (!TryTake(await _stream!.ReadAsync(_received.MakeRoom())))
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
        catch (Exception exception)
        {
            Log.Failed(_runtime.Logger, exception, _session?.ConnectionId);
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
