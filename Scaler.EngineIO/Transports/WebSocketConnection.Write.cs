using System.Buffers.Binary;
using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    // The size of a batch, in bytes. A slow client must have accepted a batch before more is encoded for it.
    private const int MaxBatch = 64 * 1024;

    private const int Idle = 0;
    private const int Writing = 1;
    private const int Signalled = 2;
    private const int Stopped = 3;

    private static readonly TaskCompletionSource WritingEnded = new();

    // The encoded batch. The buffer holds memory only while a write is in progress.
    private readonly PooledBuffer _output = new(0);
    private int _writeState;

    // Completed when the last write ends; WritingEnded once it has ended.
    private TaskCompletionSource? _writingStopped;

    // Guarded by _lock: the output besides the session's packets.
    private byte[]? _pong;
    private bool _probeAnswer;
    private bool _closeRequested;
    private byte[]? _closePayload;

    /// <summary>Writes the pending output. If a write is in progress, that write also sends the new output.</summary>
    public void OutputAvailable()
    {
        if (TryStartWriting())
        {
            _ = WriteAsync(null);
        }
    }

    /// <inheritdoc/>
    public void BroadcastOutputAvailable()
    {
        if (!TryStartWriting())
        {
            return;
        }

        if (_runtime.BroadcastScheduler is { } writer)
        {
            writer.Schedule(this);
        }
        else
        {
            _ = WriteAsync(null);
        }
    }

    /// <summary>Writes the pending output in a turn of the shared writer. A large backlog continues in the next turn.</summary>
    public void Write(BroadcastScheduler writer) => _ = WriteAsync(writer);

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

    private void Close(byte[] payload)
    {
        lock (_lock)
        {
            if (_closeRequested || _ended)
            {
                return;
            }

            _closeRequested = true;
            _closePayload = payload;
            _closeDeadline = new CloseDeadline(this);
            _runtime.Clock.Arm(_closeDeadline, _runtime.CloseDeadlines);
        }

        OutputAvailable();
    }

    // Callers may discard the task: the method handles its own exceptions, and StopWritingAsync waits for its end.
    private async Task WriteAsync(BroadcastScheduler? writer)
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
                        // The transport copies the data that the kernel does not accept at once before the call returns.
                        var sending = _transport!.Output.WriteAsync(message.FrameMemory);
                        message.Release();
                        await sending;
                    }
                    else if (_transport is not null)
                    {
                        await _transport.Output.WriteAsync(_output.Memory);
                    }
                    else
                    {
                        await _stream!.WriteAsync(_output.Memory);
                    }

                    _output.Clear();
                }

                var more = batch.Cost > 0 && _session!.ReleaseSentCost(batch.Cost);
                if (batch.Last)
                {
                    break;
                }

                if (batch.Cost >= MaxBatch && writer is not null)
                {
                    // Other connections with less output wait behind this one.
                    writer.Schedule(this);
                    return;
                }

                if (!more)
                {
                    // Output that was added meanwhile has been signalled.
                    _output.Release();
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

        _output.Release();
        Volatile.Write(ref _writeState, Stopped);
        Interlocked.Exchange(ref _writingStopped, WritingEnded)?.TrySetResult();
    }

    /// <summary>Prevents further writes, and waits for a write in progress.</summary>
    private async Task StopWritingAsync()
    {
        if (!_peerClosed)
        {
            var before = Interlocked.Exchange(ref _writeState, Stopped);
            if (before is Writing or Signalled)
            {
                // The client is gone: no pending write can complete.
                Abort();
                await WritingStopped();
            }

            return;
        }

        // The client has sent a close frame: wait until the answer is sent, or until the close deadline aborts the connection.
        if (Volatile.Read(ref _writeState) != Idle)
        {
            await WritingStopped();
        }

        Task WritingStopped()
        {
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Interlocked.CompareExchange(ref _writingStopped, waiter, null) is null ? waiter.Task : Task.CompletedTask;
        }
    }

    /// <summary>Encodes the pending output, up to the size of a batch.</summary>
    private Batch EncodeBatch()
    {
        // A close that is requested from here on goes into the next batch, behind the packets that were queued before it.
        var closes = Volatile.Read(ref _closePayload) is not null;
        var batch = new Batch { Wrote = WriteControl() };
        var more = true;
        while (more && batch.Cost < MaxBatch)
        {
            if (_session is null || !_session.TryDequeue(out var packet, out more))
            {
                more = false;
                break;
            }

            batch.Cost += packet.Cost;
            if (!more && !batch.Wrote && !closes && TryUseShared(packet, out batch.SharedMessage))
            {
                batch.Wrote = true;
                return batch;
            }

            batch.Wrote = true;
            WritePacket(packet);
            packet.Release();
        }

        if (closes && !more)
        {
            batch.Last = WriteClose();
            batch.Wrote |= batch.Last;
        }

        return batch;
    }

    /// <summary>
    /// Uses the shared encoding of a broadcast message directly, without a copy, if the message is alone in its batch.
    /// </summary>
    private bool TryUseShared(in OutboundPacket packet, out EngineEncodedMessage? message)
    {
        message = _transport is not null && !IsCompressed(packet) && !IsBinaryV3(packet) ? packet.SharedMessage : null;
        return message is not null;
    }

    private bool WriteControl()
    {
        // Output that is added after this check is signalled.
        if (Volatile.Read(ref _pong) is null && !Volatile.Read(ref _probeAnswer))
        {
            return false;
        }

        byte[]? pong;
        bool probe;
        lock (_lock)
        {
            pong = _pong;
            probe = _probeAnswer;
            _pong = null;
            _probeAnswer = false;
        }

        if (pong is not null)
        {
            WriteFrame(WebSocketOpcode.Pong, false, pong);
        }

        if (probe)
        {
            WriteFrame(WebSocketOpcode.Text, false, "3probe"u8);
        }

        return pong is not null || probe;
    }

    private bool WriteClose()
    {
        byte[]? payload;
        lock (_lock)
        {
            payload = _closePayload;
            _closePayload = null;
        }

        if (payload is null)
        {
            return false;
        }

        WriteFrame(WebSocketOpcode.Close, false, payload);
        return true;
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
