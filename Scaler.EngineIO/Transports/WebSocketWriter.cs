using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Queues;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Writes the session's packets and the control frames of a WebSocket to its channel. There is no write loop: the thread that
/// adds output starts a write, which runs until there is no more output.
/// </summary>
internal sealed class WebSocketWriter
{
    // The size of a batch, in bytes. A slow client must have accepted a batch before more is encoded for it.
    private const int MaxBatch = 64 * 1024;

    private const int Idle = 0;
    private const int Writing = 1;
    private const int Signalled = 2;
    private const int Stopped = 3;

    private static readonly TaskCompletionSource WritingEnded = new();

    private readonly WebSocketConnection _connection;
    private readonly IWebSocketChannel _channel;
    private readonly BroadcastScheduler? _scheduler;
    private readonly WebSocketFrameEncoder _encoder;
    private int _writeState;

    // Completed when the last write ends; WritingEnded once it has ended.
    private TaskCompletionSource? _writingStopped;

    // The output besides the session's packets. Any thread sets it, and the write that sends it resets it.
    private byte[]? _pong;
    private bool _probeAnswer;
    private byte[]? _close;

    /// <param name="connection">The connection whose session's packets are written.</param>
    /// <param name="channel">The channel to write to.</param>
    /// <param name="scheduler">
    /// The writer of broadcasts, or <see langword="null"/> if the thread that sends a broadcast writes it.
    /// </param>
    /// <param name="deflate">The compression options, or <see langword="null"/> if permessage-deflate was not negotiated.</param>
    public WebSocketWriter(
        WebSocketConnection connection, IWebSocketChannel channel, BroadcastScheduler? scheduler, EngineIODeflateOptions? deflate)
    {
        _connection = connection;
        _channel = channel;
        _scheduler = scheduler;
        _encoder = new WebSocketFrameEncoder(new PooledBuffer(0), deflate);
    }

    /// <summary>Writes the pending output. If a write is in progress, that write also sends the new output.</summary>
    public void OutputAvailable()
    {
        if (TryStartWriting())
        {
            _ = WriteAsync(null);
        }
    }

    /// <summary>Leaves the write of the pending output to the writer of broadcasts, if there is such a writer.</summary>
    public void BroadcastOutputAvailable()
    {
        if (!TryStartWriting())
        {
            return;
        }

        if (_scheduler is not null)
        {
            _scheduler.Schedule(_connection);
        }
        else
        {
            _ = WriteAsync(null);
        }
    }

    /// <summary>Writes the pending output in a turn of the shared writer. A large backlog continues in the next turn.</summary>
    public void Write(BroadcastScheduler scheduler) => _ = WriteAsync(scheduler);

    /// <summary>
    /// Writes a pong. Only the latest ping needs an answer (RFC 6455, section 5.5.3), so a flood of pings costs one pong.
    /// </summary>
    public void WritePong(byte[] payload)
    {
        Volatile.Write(ref _pong, payload);
        OutputAvailable();
    }

    /// <summary>Writes the answer to the probe of an upgrade.</summary>
    public void WriteProbeAnswer()
    {
        Volatile.Write(ref _probeAnswer, true);
        OutputAvailable();
    }

    /// <summary>Writes a close frame behind the packets that are queued. Must be called once.</summary>
    public void WriteClose(byte[] payload)
    {
        Volatile.Write(ref _close, payload);
        OutputAvailable();
    }

    /// <summary>Prevents further writes, and waits for a write in progress.</summary>
    /// <param name="peerClosed">
    /// <see langword="true"/> if the client has sent a close frame; <see langword="false"/> if the client is gone.
    /// </param>
    public Task StopAsync(bool peerClosed)
    {
        if (!peerClosed)
        {
            var before = Interlocked.Exchange(ref _writeState, Stopped);
            if (before is not (Writing or Signalled))
            {
                return Task.CompletedTask;
            }

            // The client is gone: no pending write can complete.
            _connection.Abort();
        }
        else if (Volatile.Read(ref _writeState) == Idle)
        {
            return Task.CompletedTask;
        }

        // If the client has sent a close frame, the write ends when the answer is sent, or when the close deadline aborts the
        // connection.
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _writingStopped, waiter, null) is null ? waiter.Task : Task.CompletedTask;
    }

    /// <summary>Starts a write, or signals the new output to the write in progress.</summary>
    /// <returns><see langword="true"/> if the caller must write; otherwise, <see langword="false"/>.</returns>
    private bool TryStartWriting()
    {
        var state = Volatile.Read(ref _writeState);
        while (state != Stopped)
        {
            var next = state == Idle ? Writing : Signalled;
            var seen = Interlocked.CompareExchange(ref _writeState, next, state);
            if (seen == state)
            {
                return state == Idle;
            }

            state = seen;
        }

        return false;
    }

    // Callers may discard the task: the method handles its own exceptions, and StopAsync waits for its end.
    private async Task WriteAsync(BroadcastScheduler? scheduler)
    {
        try
        {
            while (true)
            {
                Interlocked.CompareExchange(ref _writeState, Writing, Signalled);
                var batch = EncodeBatch();
                if (batch.Wrote)
                {
                    if (batch.SharedMessage is { } message)
                    {
                        var sending = _channel.WriteAsync(message.FrameMemory);
                        message.Release();
                        await sending;
                    }
                    else
                    {
                        await _channel.WriteAsync(_encoder.Output.Memory);
                    }

                    _encoder.Output.Clear();
                }

                var more = batch.Cost > 0 && _connection.Session!.ReleaseSentCost(batch.Cost);
                if (batch.Last)
                {
                    break;
                }

                if (batch.Cost >= MaxBatch && scheduler is not null)
                {
                    // Other connections with less output wait behind this one.
                    scheduler.Schedule(_connection);
                    return;
                }

                if (!more)
                {
                    // Output that was added meanwhile has been signalled.
                    _encoder.Output.Release();
                    var seen = Interlocked.CompareExchange(ref _writeState, Idle, Writing);
                    if (seen == Writing)
                    {
                        return;
                    }
                }

                if (Volatile.Read(ref _writeState) == Stopped)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is lost. The reader detects this too and closes the session.
        }

        _encoder.Output.Release();
        Volatile.Write(ref _writeState, Stopped);
        Interlocked.Exchange(ref _writingStopped, WritingEnded)?.TrySetResult();
    }

    /// <summary>Encodes the pending output, up to the size of a batch.</summary>
    private Batch EncodeBatch()
    {
        // A close that is requested from here on goes into the next batch, behind the packets that were queued before it.
        var closes = Volatile.Read(ref _close) is not null;
        var batch = new Batch { Wrote = EncodeControl() };
        var session = _connection.Session;
        var more = session is not null;
        while (more && batch.Cost < MaxBatch && session!.TryDequeue(out var packet, out more))
        {
            batch.Cost += packet.Cost;
            if (!more && !batch.Wrote && !closes && TryUseShared(packet, session, out batch.SharedMessage))
            {
                batch.Wrote = true;
                return batch;
            }

            batch.Wrote = true;
            _encoder.WritePacket(packet, session);
            packet.Release();
        }

        if (closes && !more && Interlocked.Exchange(ref _close, null) is { } close)
        {
            _encoder.WriteFrame(WebSocketOpcode.Close, false, close);
            batch.Last = true;
            batch.Wrote = true;
        }

        return batch;
    }

    /// <summary>
    /// Uses the shared encoding of a broadcast message directly, without a copy, if the message is alone in its batch.
    /// </summary>
    private bool TryUseShared(in OutboundPacket packet, EngineSession session, out EngineEncodedMessage? message)
    {
        message = _channel.CopiesPendingData ? _encoder.GetShared(packet, session) : null;
        return message is not null;
    }

    private bool EncodeControl()
    {
        // Output that is added after this check is signalled.
        if (Volatile.Read(ref _pong) is null && !Volatile.Read(ref _probeAnswer))
        {
            return false;
        }

        var pong = Interlocked.Exchange(ref _pong, null);
        if (pong is not null)
        {
            _encoder.WriteFrame(WebSocketOpcode.Pong, false, pong);
        }

        var probe = Interlocked.Exchange(ref _probeAnswer, false);
        if (probe)
        {
            _encoder.WriteFrame(WebSocketOpcode.Text, false, "3probe"u8);
        }

        return pong is not null || probe;
    }

    /// <summary>Represents the output of one write.</summary>
    private struct Batch
    {
        /// <summary>The cost of the session's packets in the batch, in bytes.</summary>
        public int Cost;

        /// <summary><see langword="true"/> if the batch is not empty.</summary>
        public bool Wrote;

        /// <summary><see langword="true"/> if the batch ends with the close frame.</summary>
        public bool Last;

        /// <summary>The broadcast message, if the batch consists of this message alone.</summary>
        public EngineEncodedMessage? SharedMessage;
    }
}
