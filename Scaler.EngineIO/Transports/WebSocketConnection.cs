using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Represents a WebSocket connection with its own framing on the upgraded stream. System.Net.WebSockets cannot reject a frame at
/// its header, choose its close codes, or send one encoded frame to many clients. It also holds buffers while a connection is
/// idle.
/// </summary>
/// <remarks>
/// The read loop runs in the request's task, or after the request if the transport allows it. It waits without a buffer, for data
/// or for the client's end. There is no write loop: a sender starts a write (<see cref="OutputAvailable"/>), which runs until
/// there is no more output. <see cref="Abort"/>, which the close deadline calls, ends pending reads and writes.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync returns the buffers when it ends.")]
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

    /// <summary>Initializes a WebSocket on the upgraded stream, which lives within its request.</summary>
    /// <param name="runtime">The state that all sessions of the server share.</param>
    /// <param name="stream">The upgraded stream.</param>
    /// <param name="lifetime">The feature that aborts the connection.</param>
    /// <param name="compression"><see langword="true"/> if permessage-deflate was negotiated.</param>
    public WebSocketConnection(EngineRuntime runtime, Stream stream, IHttpRequestLifetimeFeature lifetime, bool compression)
        : this(runtime, compression)
    {
        _stream = stream;
        _lifetime = lifetime;
    }

    /// <summary>Initializes a WebSocket that bypasses the upgraded stream and uses the transport connection directly.</summary>
    /// <param name="runtime">The state that all sessions of the server share.</param>
    /// <param name="transport">The transport connection below the upgraded stream.</param>
    /// <param name="compression"><see langword="true"/> if permessage-deflate was negotiated.</param>
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

    /// <summary>Opens a session whose first transport is this WebSocket.</summary>
    public async ValueTask OpenAsync(EngineSession session)
    {
        _session = session;
        session.Attach(this);
        await session.OpenAsync();
        _runtime.OpenPacketDelay.Schedule(this);
    }

    /// <summary>Starts to send the open packet and the packets after it.</summary>
    public void StartSession() => _session!.StartDraining(this);

    /// <summary>
    /// Starts the upgrade of a polling session to this WebSocket. Closes the WebSocket if the session refuses the upgrade.
    /// </summary>
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

    /// <summary>Aborts the connection.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            // After the end of the request, its features may serve another request.
            if (!_ended)
            {
                _transport?.Abort();
                _lifetime?.Abort();
            }
        }
    }

    /// <summary>
    /// Serves the client until the WebSocket ends. Runs after the end of the request if the transport allows it; otherwise,
    /// within the request.
    /// </summary>
    public Task ServeAsync() => _transport?.TryOutliveRequest(RunAsync) == true ? Task.CompletedTask : RunAsync();

    /// <summary>
    /// Serves the client until the WebSocket ends. Only this method waits for the lifetime of the connection, so the size of its
    /// state machine counts for every connection.
    /// </summary>
    private async Task RunAsync()
    {
        _transport?.RunContinuationsInline();
        try
        {
            while (!_peerClosed)
            {
                if (_received.Unread.IsEmpty)
                {
                    _received.Release();
                }

                if (_transport is not null)
                {
                    if (!TryBuffer(_transport.Input, await _transport.Input.ReadAsync()))
                    {
                        break;
                    }
                }
                else
                {
                    if (_received.Unread.IsEmpty)
                    {
                        // Completes when there is data, without holding a buffer until then.
                        var count = await _stream!.ReadAsync(Memory<byte>.Empty);
                        Debug.Assert(count == 0, "A read into an empty buffer must return 0.");
                    }

                    if (!TryBuffer(await _stream!.ReadAsync(_received.GetWriteMemory())))
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
            // The client is gone, which counts as an end without a close frame.
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
            _session?.CompleteClose();
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
