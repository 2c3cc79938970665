using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Represents a WebSocket connection: owns its reader and its writer, performs the close handshake, and connects them to the
/// session or to the upgrade of a session.
/// </summary>
/// <remarks>
/// The framing is our own: System.Net.WebSockets cannot reject a frame at its header, choose its close codes, or send one encoded
/// frame to many clients. It also holds buffers while a connection is idle. <see cref="Abort"/>, which the close deadline calls,
/// ends pending reads and writes.
/// </remarks>
internal sealed partial class WebSocketConnection : ISessionTransport, IScheduledWriter
{
    private readonly EngineRuntime _runtime;
    private readonly IWebSocketChannel _channel;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private EngineSession? _upgradingSession;
    private UpgradeAttempt? _upgrade;
    private bool _receiving;

    // Guards the state of the close handshake.
    private readonly Lock _lock = new();
    private CloseDeadline? _closeDeadline;
    private bool _ended;

    /// <summary>Initializes a WebSocket on the upgraded stream, which lives within its request.</summary>
    /// <param name="runtime">The state that all sessions of the server share.</param>
    /// <param name="stream">The upgraded stream.</param>
    /// <param name="lifetime">The feature that aborts the connection.</param>
    /// <param name="compression"><see langword="true"/> if permessage-deflate was negotiated.</param>
    public WebSocketConnection(EngineRuntime runtime, Stream stream, IHttpRequestLifetimeFeature lifetime, bool compression)
        : this(runtime, new StreamWebSocketChannel(stream, lifetime), compression)
    {
    }

    /// <summary>Initializes a WebSocket that bypasses the upgraded stream and uses the transport connection directly.</summary>
    /// <param name="runtime">The state that all sessions of the server share.</param>
    /// <param name="transport">The transport connection below the upgraded stream.</param>
    /// <param name="compression"><see langword="true"/> if permessage-deflate was negotiated.</param>
    public WebSocketConnection(EngineRuntime runtime, ITransportConnection transport, bool compression)
        : this(runtime, new DirectWebSocketChannel(transport), compression)
    {
    }

    private WebSocketConnection(EngineRuntime runtime, IWebSocketChannel channel, bool compression)
    {
        var options = runtime.Options;
        _runtime = runtime;
        _channel = channel;
        _reader = new WebSocketReader(this, channel, options, compression);
        _writer = new WebSocketWriter(this, channel, runtime.BroadcastScheduler, compression ? options.PerMessageDeflate : null);
    }

    /// <summary>Gets the session, or <see langword="null"/> while the upgrade to this WebSocket is not complete.</summary>
    public EngineSession? Session { get; private set; }

    /// <summary>Gets a value indicating whether a close frame is sent or about to be sent.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Opens a session whose first transport is this WebSocket.</summary>
    public async ValueTask OpenAsync(EngineSession session)
    {
        Session = session;
        session.Attach(this);
        await session.OpenAsync();
        _runtime.OpenPacketDelay.Schedule(session);
    }

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

    /// <summary>
    /// Serves the client until the WebSocket ends. Runs after the end of the request if the transport allows it; otherwise,
    /// within the request.
    /// </summary>
    public Task ServeAsync() => _channel.ServeAsync(() => _channel.ReceiveAsync(_reader));

    /// <inheritdoc/>
    public void OutputAvailable() => _writer.OutputAvailable();

    /// <inheritdoc/>
    public void BroadcastOutputAvailable() => _writer.BroadcastOutputAvailable();

    /// <inheritdoc cref="WebSocketWriter.Write"/>
    public void Write(BroadcastScheduler writer) => _writer.Write(writer);

    /// <summary>Aborts the connection.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            // After the end of the request, its features may serve another request.
            if (!_ended)
            {
                _channel.Abort();
            }
        }
    }

    /// <summary>
    /// Sends the queued packets and a close frame, and gives the client a limited time to answer. Only the first call has an
    /// effect.
    /// </summary>
    public void Close(WebSocketCloseCode code, string reason)
    {
        byte[] payload = [];
        if (code != WebSocketCloseCode.None)
        {
            payload = new byte[sizeof(ushort) + Encoding.UTF8.GetByteCount(reason)];
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
            Encoding.UTF8.GetBytes(reason, payload.AsSpan(sizeof(ushort)));
        }

        Close(payload);
    }

    /// <summary>Begins to handle received data.</summary>
    internal void BeginReceive()
    {
        if (Session is not null && !_receiving)
        {
            _receiving = true;
            Session.BeginReceive();
        }
    }

    /// <summary>Ends the handling of received data, and flushes the output that it caused.</summary>
    internal void EndReceive()
    {
        if (_receiving)
        {
            _receiving = false;
            Session!.EndReceive();
        }
    }

    /// <summary>Flushes the output of a batch, before the wait for a slow handler.</summary>
    internal void EndBatch() => Session?.EndBatch();

    /// <summary>Starts to batch output again, after the wait for a slow handler.</summary>
    internal void BeginBatch()
    {
        if (_receiving)
        {
            Session?.BeginBatch();
        }
    }

    /// <summary>Handles a message. Its data is valid until the returned task completes.</summary>
    internal ValueTask DeliverAsync(ReadOnlyMemory<byte> data, bool isText)
    {
        if (Session is not null)
        {
            return Session.ReceiveFrameAsync(data, isText);
        }

        if (_upgrade is null)
        {
            return default;
        }

        var text = isText ? data.Span : default;
        if (text.SequenceEqual("2probe"u8) && _upgradingSession!.TryProbe(_upgrade))
        {
            _writer.WriteProbeAnswer();
            return default;
        }

        if (text.Length > 0 && text[0] == PacketCodec.ToDigit(PacketType.Upgrade))
        {
            return CompleteUpgradeAsync();
        }

        _upgradingSession!.DropUpgrade(_upgrade, WebSocketCloseCode.InvalidPacket, "probe expected");
        return default;
    }

    /// <summary>Counts a control frame against the session's receive limits.</summary>
    internal void CountControlFrame(int bytes) => Session?.CountControlFrame(bytes);

    /// <summary>Handles a ping frame.</summary>
    internal void HandlePing(ReadOnlySpan<byte> payload) => _writer.WritePong(payload.ToArray());

    /// <summary>Handles the client's close frame: answers with its code, and closes the session.</summary>
    internal void HandleClose(ReadOnlySpan<byte> payload)
    {
        Close(payload.Length >= 2 ? payload[..2].ToArray() : []);
        Session?.Close(EngineCloseReason.TransportClose);
    }

    /// <summary>
    /// Handles a protocol violation: sends a close frame with the matching code, and closes the session or drops the upgrade.
    /// </summary>
    internal void Fail(FrameError error, WebSocketCloseCode code)
    {
        if (_upgrade is not null && Session is null)
        {
            _upgradingSession!.DropUpgrade(_upgrade, code, "");
        }

        Close(code, "");
        ReportLimit(error);
        Session?.Close(error == FrameError.TooBig ? EngineCloseReason.PayloadTooLarge : EngineCloseReason.TransportError);
    }

    /// <summary>Ends the session or the upgrade, after the last received data. Completes after the last write.</summary>
    /// <param name="error">The exception that ended the data, or <see langword="null"/>.</param>
    internal async Task EndAsync(Exception? error)
    {
        // If the client is gone, the connection ends without a close frame: not an error of the server.
        if (error is not (null or IOException or OperationCanceledException or ObjectDisposedException))
        {
            LogFailed(_runtime.Logger, LogText.Escape(error), Session?.ConnectionId);
        }

        if (_upgrade is not null && Session is null)
        {
            _upgradingSession!.DropUpgrade(_upgrade, WebSocketCloseCode.None, "websocket ended");
        }

        Session?.Close(EngineCloseReason.TransportClose);
        await _writer.StopAsync(_reader.PeerClosed);
        Session?.CompleteClose();
        lock (_lock)
        {
            _ended = true;
        }

        if (_closeDeadline is not null)
        {
            _runtime.Clock.Disarm(_closeDeadline);
        }
    }

    private async ValueTask CompleteUpgradeAsync()
    {
        if (_upgradingSession!.TryCompleteUpgrade(_upgrade!, this) is not { } payloadEnded)
        {
            return;
        }

        Session = _upgradingSession;
        _writer.OutputAvailable();
        await payloadEnded;
        BeginReceive();
    }

    private void Close(byte[] payload)
    {
        lock (_lock)
        {
            if (IsClosing || _ended)
            {
                return;
            }

            IsClosing = true;
            _closeDeadline = new CloseDeadline(this);
            _runtime.Clock.Arm(_closeDeadline, _runtime.CloseDeadlines);
        }

        _writer.WriteClose(payload);
    }

    private void ReportLimit(FrameError error)
    {
        if (error == FrameError.TooManyFragments)
        {
            _runtime.ReportLimitReached(EngineLimit.Fragments, Session ?? _upgradingSession);
        }
        else if (error == FrameError.TooBig && Session is null)
        {
            // A session reports this limit when it closes. This session stays open and only loses its upgrade.
            _runtime.ReportLimitReached(EngineLimit.Payload, _upgradingSession);
        }
    }

    [LoggerMessage(31, LogLevel.Error, "The WebSocket of connection {ConnectionId} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string? connectionId);

    private sealed class CloseDeadline(WebSocketConnection connection) : Deadline
    {
        public override void Expire() => connection.Abort();
    }
}
