using System.Buffers.Binary;
using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    // How much is written before it is flushed: what a slow client must have taken until more is encoded for it.
    private const int MaxBatch = 64 * 1024;

    private const int Idle = 0;
    private const int Writing = 1;
    private const int Signalled = 2;
    private const int Stopped = 3;

    private static readonly TaskCompletionSource NobodyWrites = new();

    // What is written at once: it has memory only while something is being sent.
    private readonly PooledBuffer _output = new(0);
    private int _writeState;

    // Who waits for the last write to end; NobodyWrites once it has.
    private TaskCompletionSource? _writingStopped;

    // Guarded by _lock: what is to be sent beside the session's packets.
    private byte[]? _pong;
    private bool _probeAnswer;
    private bool _closeRequested;
    private byte[]? _closePayload;

    /// <summary>There is something to send.</summary>
    public void OutputAvailable()
    {
        if (TakeWriting())
        {
            _ = WriteAsync(null);
        }
    }

    /// <inheritdoc/>
    public void SharedOutputAvailable()
    {
        if (!TakeWriting())
        {
            return;
        }

        if (_runtime.SharedWriter is { } writer)
        {
            writer.Add(this);
        }
        else
        {
            _ = WriteAsync(null);
        }
    }

    /// <summary>Writes in a turn of the shared writer's; what is much goes on in the next.</summary>
    public void Write(SharedWriter writer) => _ = WriteAsync(writer);

    /// <summary>Whether it falls to the caller to write; otherwise whoever writes already goes on with what there is now.</summary>
    private bool TakeWriting()
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

    /// <summary>Sends what is queued, then a close frame, and gives the client a while to answer. The first call counts.</summary>
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
            _runtime.Clock.Arm(_closeDeadline, _runtime.CloseDue);
        }

        OutputAvailable();
    }

    // It observes its own exceptions; StopWritingAsync waits for its end.
    private async Task WriteAsync(SharedWriter? turns)
    {
        try
        {
            while (true)
            {
                Interlocked.CompareExchange(ref _writeState, Writing, Signalled);
                var batch = TakeBatch();
                if (batch.Wrote)
                {
                    if (batch.Whole is { } whole)
                    {
                        // What the system does not take at once is copied before the call returns.
                        var sending = _transport!.Output.WriteAsync(whole.FrameMemory);
                        whole.Release();
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

                var more = batch.Cost > 0 && _session!.ReleaseSent(batch.Cost);
                if (batch.Last)
                {
                    break;
                }

                if (batch.Cost >= MaxBatch && turns is not null)
                {
                    // Others are behind, with less.
                    turns.Add(this);
                    return;
                }

                if (!more)
                {
                    // Whoever has put something there meanwhile has signalled it.
                    _output.Free();
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
            // The connection is gone; the reader sees it too and ends the session.
        }

        _output.Free();
        Volatile.Write(ref _writeState, Stopped);
        Interlocked.Exchange(ref _writingStopped, NobodyWrites)?.TrySetResult();
    }

    /// <summary>Lets nothing be written any more, and waits for the write that may be on its way.</summary>
    private async Task StopWritingAsync()
    {
        if (!_peerClosed)
        {
            var before = Interlocked.Exchange(ref _writeState, Stopped);
            if (before is Writing or Signalled)
            {
                // Nobody is there to take it.
                Abort();
                await WritingStopped();
            }

            return;
        }

        // The client said goodbye properly: it gets the answer, or the close deadline ends the wait.
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

    /// <summary>Encodes what there is, up to a limit.</summary>
    private Batch TakeBatch()
    {
        // A close that is asked for from here on goes behind what was queued before it, with the next batch.
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
            if (!more && !batch.Wrote && !closes && TryTakeWhole(packet, out batch.Whole))
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

    /// <summary>A message to many that is alone is sent from where it lies.</summary>
    private bool TryTakeWhole(in OutboundPacket packet, out EngineEncodedMessage? whole)
    {
        whole = _transport is not null && !IsCompressed(packet) && !IsBinaryV3(packet) ? packet.Shared : null;
        return whole is not null;
    }

    private bool WriteControl()
    {
        // What is put there after this look is signalled.
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

    /// <summary>What is sent at once.</summary>
    private struct Batch
    {
        /// <summary>What the session's packets in it cost.</summary>
        public int Cost;

        /// <summary>Whether there is anything in it.</summary>
        public bool Wrote;

        /// <summary>Whether it ends with the close frame.</summary>
        public bool Last;

        /// <summary>The message that is all of it, where that is so.</summary>
        public EngineEncodedMessage? Whole;
    }
}
