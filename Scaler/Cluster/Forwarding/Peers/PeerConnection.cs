using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents a connection between two servers that multiplexes concurrent requests. Frames that are queued during a write go
/// together in the next write, so the cost per frame falls as the load grows. Each side sends keep-alive frames, and closes the
/// connection if the other side is silent.
/// </summary>
internal abstract class PeerConnection : IDisposable
{
    /// <summary>The number of queued bytes at which senders of requests and responses have to wait.</summary>
    private const int MaxQueuedBytes = 1024 * 1024;

    private const int BufferSize = 32 * 1024;

    // The pipe has no limit of its own, so a flush never blocks under the lock. Senders wait for room outside the lock.
    private static readonly PipeOptions Unlimited =
        new(pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: BufferSize, useSynchronizationContext: false);

    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly TimeSpan _keepAliveInterval;
    private readonly TimeSpan _timeout;
    private readonly Pipe _output = new(Unlimited);
    private readonly CancellationTokenSource _stop = new();

    // Guards the fields below and the output's writer.
    private readonly Lock _lock = new();
    private long _queuedBytes;
    private TaskCompletionSource<bool>? _roomAvailable;
    private bool _isClosed;

    private long _lastReceivedAt;

    /// <param name="stream">The stream between the two servers.</param>
    /// <param name="options">
    /// The options. A keep-alive frame is sent every <see cref="ScalerClusterOptions.LeaseRenewal"/>. The connection is closed if
    /// nothing is received for <see cref="ScalerClusterOptions.LeaseDuration"/>.
    /// </param>
    /// <param name="time">The clock.</param>
    protected PeerConnection(Stream stream, ScalerClusterOptions options, TimeProvider time)
    {
        (_stream, _time, _keepAliveInterval, _timeout) = (stream, time, options.LeaseRenewal, options.LeaseDuration);
        _lastReceivedAt = time.GetTimestamp();
    }

    /// <summary>Reads and writes until the connection ends. Connection errors are not thrown.</summary>
    public async Task RunAsync()
    {
        await using var keepAliveTimer = _time.CreateTimer(
            static state => ((PeerConnection)state!).OnKeepAliveTimer(), this, _keepAliveInterval, _keepAliveInterval);
        var writeLoop = WriteAsync();
        try
        {
            await ReadAsync();
        }
        catch (Exception exception) when (IsConnectionEnd(exception))
        {
            // The other side has disconnected, or this side has aborted.
        }
        finally
        {
            Close();
            await _stop.CancelAsync();
            await writeLoop;
            OnClosed();
        }
    }

    /// <summary>Closes the connection after the queued frames have been sent.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _output.Writer.Complete();
                _roomAvailable?.TrySetResult(false);
            }
        }
    }

    /// <summary>Closes the connection immediately, without sending the queued frames.</summary>
    public void Abort() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    /// <summary>Handles a received frame.</summary>
    /// <exception cref="InvalidDataException">The frame is malformed.</exception>
    protected abstract void OnFrameReceived(in PeerFrame frame);

    /// <summary>Handles the end of the connection. No frames are received afterwards.</summary>
    protected abstract void OnClosed();

    /// <summary>Queues a frame.</summary>
    /// <returns>
    /// <see langword="false"/> if the connection has ended, or if too many bytes are queued to add a request or a response;
    /// otherwise, <see langword="true"/>.
    /// </returns>
    protected bool TrySend<T>(PeerFrameKind kind, uint request, T content, Action<IBufferWriter<byte>, T> write)
    {
        lock (_lock)
        {
            if (_isClosed
                || (_queuedBytes >= MaxQueuedBytes && kind is PeerFrameKind.Request or PeerFrameKind.ResponsePart or PeerFrameKind.Response))
            {
                return false;
            }

            var writer = _output.Writer;
            var header = writer.GetMemory(PeerFrame.HeaderLength);
            writer.Advance(PeerFrame.HeaderLength);
            write(writer, content);

            // The reader does not see the frame before the flush, so its header can be written last.
            var length = writer.UnflushedBytes;
            PeerFrame.WriteHeader(header.Span, kind, request, (int)length - PeerFrame.HeaderLength);
            _queuedBytes += length;

            var flush = writer.FlushAsync();
            Debug.Assert(flush.IsCompleted, "The pipe has no limit, so a flush completes synchronously.");
            return true;
        }
    }

    /// <summary>Queues a frame without content.</summary>
    protected void Send(PeerFrameKind kind, uint request) => TrySend(kind, request, 0, static (_, _) => { });

    /// <summary>Queues a frame, after waiting for room if necessary. Does nothing if the connection has ended.</summary>
    protected async ValueTask SendAsync<T>(PeerFrameKind kind, uint request, T content, Action<IBufferWriter<byte>, T> write)
    {
        while (!TrySend(kind, request, content, write) && await WaitForRoomAsync())
        {
        }
    }

    /// <summary>Waits until there is room for another frame.</summary>
    /// <returns><see langword="false"/> if the connection has ended; otherwise, <see langword="true"/>.</returns>
    private Task<bool> WaitForRoomAsync()
    {
        lock (_lock)
        {
            return _isClosed || _queuedBytes < MaxQueuedBytes
                ? Task.FromResult(!_isClosed)
                : (_roomAvailable ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private static bool IsConnectionEnd(Exception exception) =>
        exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException;

    private void OnKeepAliveTimer()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastReceivedAt)) > _timeout)
        {
            Abort();
        }
        else
        {
            Send(PeerFrameKind.KeepAlive, 0);
        }
    }

    private async Task ReadAsync()
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(_stop.Token);
                Volatile.Write(ref _lastReceivedAt, _time.GetTimestamp());
                var buffer = read.Buffer;
                while (PeerFrame.TryRead(ref buffer, out var frame))
                {
                    OnFrameReceived(frame);
                }

                if (read.IsCompleted)
                {
                    return;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private async Task WriteAsync()
    {
        var reader = _output.Reader;
        try
        {
            ReadResult read;
            do
            {
                read = await reader.ReadAsync(_stop.Token);
                foreach (var part in read.Buffer)
                {
                    await _stream.WriteAsync(part, _stop.Token);
                }

                OnWritten(read.Buffer.Length);
                reader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception exception) when (IsConnectionEnd(exception))
        {
            Close();
        }
        finally
        {
            await reader.CompleteAsync();
            await _stop.CancelAsync();
        }
    }

    private void OnWritten(long bytes)
    {
        lock (_lock)
        {
            _queuedBytes -= bytes;
            if (_queuedBytes < MaxQueuedBytes)
            {
                _roomAvailable?.TrySetResult(true);
                _roomAvailable = null;
            }
        }
    }
}
