using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection's input that is received by whoever reads it. Kestrel's own is received by a loop that hands it on, by two turns of
/// other threads, each of which costs more than a small message does.
/// </summary>
/// <remarks>
/// Memory is held only while there is something unread. What the reader waits for, a thread of the pool receives, and goes on with it. As with
/// every pipe, one caller reads at a time; <see cref="CancelPendingRead"/> may come from any thread.
/// </remarks>
internal sealed class SocketInput : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem, IDisposable
{
    private const int Room = 4096;

    // Where so much has come at once, more is behind it.
    private const int MoreRoom = 32 * 1024;

    private readonly Socket _socket;
    private readonly ISocketOwner _owner;

    // Also the lock of what a cancellation, an end and a wait change.
    private readonly SocketReadiness _readiness;

    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _registration;

    // What has been received and not consumed, and how much of it has been looked at in vain.
    private byte[]? _array;
    private int _start;
    private int _examined;
    private int _end;

    // Whether the last receive got less than there was room for: the next one would get nothing.
    private bool _drained;
    private bool _filled;

    private bool _reading;
    private bool _waiting;
    private bool _cancelled;
    private volatile bool _ended;
    private Exception? _error;

    public SocketInput(Socket socket, ISocketOwner owner)
    {
        _socket = socket;
        _owner = owner;
        _readiness = new SocketReadiness(socket, this);
    }

    private ReadOnlySequence<byte> Unread => new(_array.AsMemory(_start, _end - _start));

    public override bool TryRead(out ReadResult result)
    {
        if (!TryTake(out result))
        {
            return false;
        }

        ThrowIfFailed();
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (TryTakeOrWait(out var result))
        {
            return _error is null ? new(result) : ValueTask.FromException<ReadResult>(_error);
        }

        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).Cancel(token), this);
        }

        return new(this, _read.Version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Positions in an array count from its beginning; what was empty has none, and nor has one who takes nothing.
        if (_array is not null && consumed.GetObject() is not null)
        {
            _start = consumed.GetInteger();
            _examined = Math.Max(_start, examined.GetInteger());
            if (_start == _end)
            {
                Free();
            }
        }
    }

    public override void CancelPendingRead()
    {
        lock (_readiness)
        {
            if (!_reading)
            {
                _cancelled = true;
                return;
            }

            _reading = false;
        }

        Complete(new ReadResult(Unread, isCanceled: true, isCompleted: false), elsewhere: true);
    }

    public override void Complete(Exception? exception = null) => Free();

    /// <summary>Nothing is received any more; who reads learns why.</summary>
    /// <param name="error">What the reader fails with; null for an end in good order.</param>
    public void End(Exception? error)
    {
        bool reading;
        lock (_readiness)
        {
            if (_ended)
            {
                return;
            }

            _error = error;
            _ended = true;
            reading = _reading;
            _reading = false;
        }

        if (reading)
        {
            Complete(new ReadResult(Unread, isCanceled: false, isCompleted: true), elsewhere: true);
        }

        _owner.InputEnded();
    }

    /// <summary>
    /// Has the client's end noticed though nobody reads, as long as nothing unread is before that end. A reader that comes then waits for the same. It costs
    /// a turn of another thread when something comes, so it is for requests that take their time. It may come from any thread.
    /// </summary>
    public void Watch()
    {
        lock (_readiness)
        {
            if (_waiting || _ended || TryWait())
            {
                return;
            }
        }

        LookForEnd();
    }

    /// <summary>Gives back what waits; the socket is closed before.</summary>
    public void Dispose() => _readiness.Dispose();

    /// <summary>There is something to receive, or an end.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        bool reading;
        lock (_readiness)
        {
            _waiting = false;
            _drained = false;
            reading = _reading;
            _reading = false;
        }

        // The system tells of an error once.
        if (_readiness.SocketError != SocketError.Success)
        {
            End(Failure(_readiness.SocketError));
        }

        if (!reading)
        {
            LookForEnd();
        }
        else if (TryTakeOrWait(out var result))
        {
            Complete(result, elsewhere: false);
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        try
        {
            return _read.GetResult(token);
        }
        finally
        {
            _read.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Takes what there is, or begins to wait for it.</summary>
    private bool TryTakeOrWait(out ReadResult result)
    {
        while (!TryTake(out result))
        {
            lock (_readiness)
            {
                if (_cancelled || _ended)
                {
                    continue;
                }

                if (_waiting || TryWait())
                {
                    _reading = true;
                    return false;
                }

                _drained = false;
            }
        }

        return true;
    }

    private bool TryTake(out ReadResult result)
    {
        var cancelled = Volatile.Read(ref _cancelled) && TakeCancellation();
        if (!cancelled && _examined == _end && !_drained && !_ended)
        {
            Receive();
        }

        result = new ReadResult(Unread, cancelled, _ended);
        return cancelled || _ended || _examined < _end;
    }

    private bool TakeCancellation()
    {
        lock (_readiness)
        {
            var cancelled = _cancelled;
            _cancelled = false;
            return cancelled;
        }
    }

    private void Receive()
    {
        MakeRoom();
        var room = _array.AsSpan(_end);
        try
        {
            var count = _socket.Receive(room, SocketFlags.None, out var error);
            _end += count;
            _filled = count == room.Length;
            _drained = !_filled;
            if (count == 0 && error != SocketError.WouldBlock)
            {
                End(Failure(error));
            }
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
        }

        if (_start == _end)
        {
            Free();
        }
    }

    private void MakeRoom()
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(_filled ? MoreRoom : Room);
            return;
        }

        var unread = _end - _start;
        if (_end < _array.Length)
        {
            return;
        }

        // Moved, or doubled, as data comes: memory follows what a client has sent, not what it has announced.
        var array = unread <= _array.Length / 2 ? _array : ArrayPool<byte>.Shared.Rent(_array.Length * 2);
        _array.AsSpan(_start, unread).CopyTo(array);
        if (array != _array)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = array;
        }

        (_examined, _start, _end) = (_examined - _start, 0, unread);
    }

    private void Free()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        (_start, _examined, _end) = (0, 0, 0);
    }

    /// <summary>Called with the lock held.</summary>
    private bool TryWait()
    {
        try
        {
            _waiting = true;
            _waiting = _readiness.TryWait();
        }
        catch (ObjectDisposedException)
        {
            // The next receive fails in the same way, and tells.
            _waiting = false;
        }

        return _waiting;
    }

    private void LookForEnd()
    {
        try
        {
            if (_socket.Receive(stackalloc byte[1], SocketFlags.Peek, out var error) == 0 && error != SocketError.WouldBlock)
            {
                End(Failure(error));
            }
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
        }
    }

    private void Cancel(CancellationToken token)
    {
        lock (_readiness)
        {
            if (!_reading)
            {
                return;
            }

            _reading = false;
        }

        _read.RunContinuationsAsynchronously = true;
        _read.SetException(new OperationCanceledException(token));
    }

    private void Complete(in ReadResult result, bool elsewhere)
    {
        // Who cancels, or ends, has other things to do than what the reader does next.
        _read.RunContinuationsAsynchronously = elsewhere;
        if (_error is null)
        {
            _read.SetResult(result);
        }
        else
        {
            _read.SetException(_error);
        }
    }

    private void ThrowIfFailed()
    {
        if (_error is not null)
        {
            throw _error;
        }
    }

    /// <summary>What the reader fails with; nothing where the client has ended its side in good order.</summary>
    private static ConnectionResetException? Failure(SocketError error)
    {
        if (error == SocketError.Success)
        {
            return null;
        }

        var cause = new SocketException((int)error);
        return new ConnectionResetException(cause.Message, cause);
    }
}
