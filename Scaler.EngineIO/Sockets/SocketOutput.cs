using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection's output that is sent by whoever flushes it. Kestrel's own is sent by a loop on another thread, whose turn costs more than a
/// small message does.
/// </summary>
/// <remarks>As with every pipe, one caller writes and flushes at a time; <see cref="CancelPendingFlush"/> may come from any thread.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "The buffer has memory only from a write to its flush.")]
internal sealed class SocketOutput(Socket socket, ISocketOwner owner) : PipeWriter
{
    // Also the lock of what a cancellation changes: there is one of these for each connection.
    private readonly PooledBuffer _unflushed = new(0);

    // What the socket would not take at once. It never fails.
    private Task _sending = Task.CompletedTask;
    private CancellationTokenSource? _flush;
    private bool _cancelled;
    private volatile bool _ended;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    /// <summary>Completes when the system has taken everything: until then it is the client that is waited for.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        return TrySend() ? ValueTask.FromResult(TakeResult()) : WaitAsync(cancellationToken);
    }

    /// <summary>Sends the caller's own memory where nothing waits before it, and copies only what the system does not take at once.</summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_unflushed.Length == 0 && _sending.IsCompleted && !_ended && !cancellationToken.IsCancellationRequested)
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
        lock (_unflushed)
        {
            _cancelled = true;
            _flush?.Cancel();
        }
    }

    // What is under way is still sent; whoever does not want that aborts the connection.
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
        _unflushed.Free();
        owner.OutputEnded();
    }

    /// <summary>Sends what is not flushed yet; false when that, or what came before it, has to wait for the client.</summary>
    private bool TrySend()
    {
        if (!_sending.IsCompleted)
        {
            return false;
        }

        var length = _unflushed.Length;
        if (length > 0 && !_ended && Send(_unflushed.Span) is var sent && sent < length)
        {
            _sending = SendRestAsync(_unflushed.Detach(), sent, length);
            return _sending.IsCompleted;
        }

        _unflushed.Free();
        return true;
    }

    /// <summary>Sends what the system takes at once; returns how much that is: all of it where nobody is there to take it any more.</summary>
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

    private async Task SendRestAsync(byte[] array, int start, int end)
    {
        try
        {
            while (start < end)
            {
                // Thousands of clients may be cut off at once: as many exceptions thrown would hold up all others.
                var sending = socket.SendAsync(array.AsMemory(start, end - start), SocketFlags.None).AsTask();
                await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (sending.Exception?.InnerException is { } error)
                {
                    End(error);
                    break;
                }

                start += await sending;
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            End(exception);
        }

        ArrayPool<byte>.Shared.Return(array);
    }

    private void End(Exception exception)
    {
        _ended = true;
        owner.Abort(new ConnectionAbortedException("The socket takes nothing more.", exception));
    }

    private async ValueTask<FlushResult> WaitAsync(CancellationToken cancellationToken)
    {
        using var flush = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_unflushed)
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
            // Only the wait is over: what is being sent is still sent.
        }
        finally
        {
            lock (_unflushed)
            {
                _flush = null;
            }
        }

        return TakeResult();
    }

    private FlushResult TakeResult()
    {
        if (!Volatile.Read(ref _cancelled))
        {
            return new FlushResult(isCanceled: false, _ended);
        }

        lock (_unflushed)
        {
            var cancelled = _cancelled;
            _cancelled = false;
            return new FlushResult(cancelled, _ended);
        }
    }
}
