using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Scaler.DirectSockets.Readiness;

namespace Scaler.DirectSockets.Pipes;

/// <summary>
/// Represents a connection's input, whose reader receives from the socket itself. Kestrel's own input is filled by a receive
/// loop, which costs two thread hops per read. Each hop costs more than handling a small message.
/// </summary>
/// <remarks>
/// The input holds memory only while there is unread data. When a reader waits, the thread that signals readiness receives the
/// data and runs the reader's continuation. As with every pipe, one caller reads at a time; <see cref="CancelPendingRead"/> may
/// be called from any thread.
/// </remarks>
internal sealed partial class SocketInput : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem, IDisposable
{
    private readonly ISocketOwner _owner;

    // Also the lock that guards the state of cancellation, end and wait.
    private readonly ISocketReadiness _readiness;

    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _registration;

    private SocketReceiver _receiver;
    private bool _reading;
    private bool _waiting;
    private bool _cancelled;
    private volatile bool _ended;
    private Exception? _error;

    /// <param name="socket">The socket, which must be non-blocking.</param>
    /// <param name="owner">The owner of the input.</param>
    /// <param name="poller">The poller that waits for the socket; <see langword="null"/> to wait through the platform.</param>
    public SocketInput(Socket socket, ISocketOwner owner, EpollLoop? poller)
    {
        _receiver = new SocketReceiver(socket);
        _owner = owner;
        _readiness = poller is null ? new ThreadPoolReadiness(socket, this) : new EpollReadiness(poller, socket, this);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!TryGetResult(out result))
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

        if (TryGetResultOrWait(out var result))
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

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _receiver.AdvanceTo(consumed, examined);

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

        Complete(new ReadResult(_receiver.Unread, isCanceled: true, isCompleted: false), runAsynchronously: true);
    }

    public override void Complete(Exception? exception = null) => _receiver.Release();

    /// <summary>Ends the input and completes a pending read. Only the first call has an effect.</summary>
    /// <param name="error">
    /// The exception for the reader; <see langword="null"/> if the client has ended its side gracefully.
    /// </param>
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
            Complete(new ReadResult(_receiver.Unread, isCanceled: false, isCompleted: true), runAsynchronously: true);
        }

        _owner.OnInputEnded();
    }

    /// <summary>Releases the resources that wait for the socket. The socket must be closed first.</summary>
    public void Dispose() => _readiness.Dispose();

    /// <summary>Handles a readiness signal: there is data, or the input has ended.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        bool reading;
        lock (_readiness)
        {
            _waiting = false;
            reading = _reading;
            _reading = false;
            if (reading)
            {
                _receiver.IsDrained = false;
            }
            else
            {
                // A reader may be receiving at this moment, and wait afterwards: its wait must see this signal.
                _readiness.StoreSignal();
            }
        }

        // The system reports an error once.
        if (_readiness.SocketError != SocketError.Success)
        {
            End(SocketReceiver.CreateException(_readiness.SocketError));
        }

        if (!reading)
        {
            WatchForDisconnect();
        }
        else if (TryGetResultOrWait(out var result))
        {
            Complete(result, runAsynchronously: false);
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

    /// <summary>Returns the available data, or starts to wait for data.</summary>
    private bool TryGetResultOrWait(out ReadResult result)
    {
        while (!TryGetResult(out result))
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

                _receiver.IsDrained = false;
            }
        }

        return true;
    }

    private bool TryGetResult(out ReadResult result)
    {
        var cancelled = Volatile.Read(ref _cancelled) && ConsumeCancellation();
        if (!cancelled && !_receiver.HasNewData && !_receiver.IsDrained && !_ended && !_receiver.TryReceive(out var error))
        {
            End(error);
        }

        result = new ReadResult(_receiver.Unread, cancelled, _ended);
        return cancelled || _ended || _receiver.HasNewData;
    }

    private bool ConsumeCancellation()
    {
        lock (_readiness)
        {
            var cancelled = _cancelled;
            _cancelled = false;
            return cancelled;
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

    private void Complete(in ReadResult result, bool runAsynchronously)
    {
        // A thread that cancels a read or ends the input must not run the reader's continuation.
        _read.RunContinuationsAsynchronously = runAsynchronously;
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
}
