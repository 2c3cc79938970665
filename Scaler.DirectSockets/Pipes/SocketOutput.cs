using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Scaler.DirectSockets.Pipes;

/// <summary>
/// Represents a connection's output, which the caller of a flush sends itself. Kestrel's own output is sent by a loop on another
/// thread; the thread hop costs more than sending a small message.
/// </summary>
/// <remarks>
/// As with every pipe, one caller writes and flushes at a time; <see cref="CancelPendingFlush"/> may be called from any thread.
/// </remarks>
internal sealed class SocketOutput(Socket socket, ISocketOwner owner) : PipeWriter
{
    // Guards the cancellation of a flush.
    private readonly Lock _lock = new();
    private SocketBuffer _unflushed;

    // The send of the data that the socket did not accept at once. The task never fails.
    private Task _sending = Task.CompletedTask;
    private CancellationTokenSource? _flush;
    private bool _cancelled;
    private volatile bool _ended;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed.Unread.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    /// <summary>
    /// Sends the buffered data. Completes when the kernel has accepted all of it, so a slow client causes back-pressure.
    /// </summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        return TrySend() ? ValueTask.FromResult(GetFlushResult()) : WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Sends the caller's memory without a copy if no earlier data is pending. Copies only the data that the kernel does not
    /// accept at once.
    /// </summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_unflushed.Unread.IsEmpty && _sending.IsCompleted && !_ended && !cancellationToken.IsCancellationRequested)
        {
            source = source[Send(source.Span)..];
        }

        if (!source.IsEmpty)
        {
            this.Write(source.Span);
        }

        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _cancelled = true;
            _flush?.Cancel();
        }
    }

    // Pending data is still sent. To discard it, abort the connection.
    public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null && !TrySend())
        {
            await _sending;
            TrySend();
            await _sending;
        }

        _ended = true;
        _unflushed.Release();
        owner.OnOutputEnded();
    }

    /// <summary>Sends the unflushed data.</summary>
    /// <returns>
    /// <see langword="false"/> if this data, or data before it, has to wait for the client; otherwise, <see langword="true"/>.
    /// </returns>
    private bool TrySend()
    {
        if (!_sending.IsCompleted)
        {
            return false;
        }

        if (!_unflushed.Unread.IsEmpty && !_ended)
        {
            _unflushed.Consume(Send(_unflushed.Unread.Span));
            if (!_unflushed.Unread.IsEmpty)
            {
                _sending = SendRestAsync(_unflushed.Detach());
                return _sending.IsCompleted;
            }
        }

        _unflushed.Release();
        return true;
    }

    /// <summary>Sends the data that the kernel accepts at once.</summary>
    /// <returns>
    /// The number of bytes sent. If the connection has ended, the length of <paramref name="data"/>: all of it is discarded.
    /// </returns>
    private int Send(ReadOnlySpan<byte> data)
    {
        try
        {
            var sent = socket.Send(data, SocketFlags.None, out var error);
            if (error is SocketError.Success or SocketError.WouldBlock)
            {
                return sent;
            }

            End(new SocketException((int)error));
        }
        catch (ObjectDisposedException exception)
        {
            End(exception);
        }

        return data.Length;
    }

    private async Task SendRestAsync(SocketBuffer rest)
    {
        try
        {
            while (!rest.Unread.IsEmpty)
            {
                // Thousands of clients may disconnect at once: throwing as many exceptions would delay all other clients.
                var sending = socket.SendAsync(rest.Unread, SocketFlags.None).AsTask();
                await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (sending.Exception?.InnerException is { } error)
                {
                    End(error);
                    break;
                }

                rest.Consume(await sending);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            End(exception);
        }

        rest.Release();
    }

    private void End(Exception exception)
    {
        _ended = true;
        owner.Abort(new ConnectionAbortedException("The socket no longer accepts data.", exception));
    }

    private async ValueTask<FlushResult> WaitAsync(CancellationToken cancellationToken)
    {
        using var flush = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
        {
            _flush = flush;
            if (_cancelled)
            {
                flush.Cancel();
            }
        }

        try
        {
            do
            {
                await _sending.WaitAsync(flush.Token);
            }
            while (!TrySend());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Only the wait is cancelled: the pending data is still sent.
        }
        finally
        {
            lock (_lock)
            {
                _flush = null;
            }
        }

        return GetFlushResult();
    }

    private FlushResult GetFlushResult()
    {
        if (!Volatile.Read(ref _cancelled))
        {
            return new FlushResult(isCanceled: false, _ended);
        }

        lock (_lock)
        {
            var cancelled = _cancelled;
            _cancelled = false;
            return new FlushResult(cancelled, _ended);
        }
    }
}
