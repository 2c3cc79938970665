using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace Scaler.Cluster.Peers;

/// <summary>
/// A connection between two servers that carries many requests at once. What comes while bytes are on their way goes together behind
/// them, so the more there is to say the less each costs. Each side says at times that it is alive, and gives up on one that does not.
/// </summary>
internal abstract class PeerConnection : IDisposable
{
    /// <summary>How many bytes may wait to be sent before who sends more has to wait too.</summary>
    private const int MostWaiting = 1024 * 1024;

    private const int BufferSize = 32 * 1024;

    // It has no limit of its own: whoever would be held up by it is held up outside the lock.
    private static readonly PipeOptions Unlimited =
        new(pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: BufferSize, useSynchronizationContext: false);

    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly TimeSpan _beat;
    private readonly TimeSpan _patience;
    private readonly Pipe _output = new(Unlimited);
    private readonly CancellationTokenSource _stop = new();

    // Guards all below and the output's writer.
    private readonly Lock _lock = new();
    private long _waiting;
    private TaskCompletionSource<bool>? _room;
    private bool _isClosed;

    private long _heard;

    /// <param name="stream">The bytes between the two.</param>
    /// <param name="options">Whoever is not heard of for as long as a lease lasts is not there.</param>
    /// <param name="time">The clock.</param>
    protected PeerConnection(Stream stream, ScalerClusterOptions options, TimeProvider time)
    {
        (_stream, _time, _beat, _patience) = (stream, time, options.LeaseRenewal, options.LeaseDuration);
        _heard = time.GetTimestamp();
    }

    /// <summary>Serves the connection until it ends, for whatever reason.</summary>
    public async Task RunAsync()
    {
        await using var beat = _time.CreateTimer(static state => ((PeerConnection)state!).Beat(), this, _beat, _beat);
        var writing = WriteAsync();
        try
        {
            await ReadAsync();
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The other side is gone, or this one has had enough.
        }
        finally
        {
            Close();
            await _stop.CancelAsync();
            await writing;
            Ended();
        }
    }

    /// <summary>Sends what waits to be sent and nothing more, and ends.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _output.Writer.Complete();
                _room?.TrySetResult(false);
            }
        }
    }

    /// <summary>Ends at once.</summary>
    public void Abort() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    /// <summary>A frame has come.</summary>
    /// <exception cref="InvalidDataException">It is not what it says.</exception>
    protected abstract void Received(in PeerFrame frame);

    /// <summary>The connection has ended, and nothing more will come.</summary>
    protected abstract void Ended();

    /// <summary>Sends a frame behind those that wait.</summary>
    /// <returns>False where the connection has ended, or too much waits for a request or an answer to be added.</returns>
    protected bool TrySend<T>(PeerFrameKind kind, uint request, T content, Action<IBufferWriter<byte>, T> write)
    {
        lock (_lock)
        {
            if (_isClosed || (_waiting >= MostWaiting && kind is PeerFrameKind.Request or PeerFrameKind.AnswerPart or PeerFrameKind.Answer))
            {
                return false;
            }

            var writer = _output.Writer;
            var head = writer.GetMemory(PeerFrame.HeadLength);
            writer.Advance(PeerFrame.HeadLength);
            write(writer, content);

            // The reader sees none of it before the flush.
            var length = writer.UnflushedBytes;
            PeerFrame.WriteHead(head.Span, kind, request, (int)length - PeerFrame.HeadLength);
            _waiting += length;

            var flushed = writer.FlushAsync();
            Debug.Assert(flushed.IsCompleted, "There is no limit to wait for.");
            return true;
        }
    }

    /// <summary>Sends a frame without content behind those that wait.</summary>
    protected void Send(PeerFrameKind kind, uint request) => TrySend(kind, request, 0, static (_, _) => { });

    /// <summary>Sends a frame behind those that wait, when there is room. Where the connection has ended it does nothing.</summary>
    protected async ValueTask SendAsync<T>(PeerFrameKind kind, uint request, T content, Action<IBufferWriter<byte>, T> write)
    {
        while (!TrySend(kind, request, content, write) && await RoomAsync())
        {
        }
    }

    /// <summary>Waits until there is room for more; false when there will be none.</summary>
    private Task<bool> RoomAsync()
    {
        lock (_lock)
        {
            return _isClosed || _waiting < MostWaiting
                ? Task.FromResult(!_isClosed)
                : (_room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException;

    private void Beat()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _heard)) > _patience)
        {
            Abort();
        }
        else
        {
            Send(PeerFrameKind.Alive, 0);
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
                Volatile.Write(ref _heard, _time.GetTimestamp());
                var buffer = read.Buffer;
                while (PeerFrame.TryRead(ref buffer, out var frame))
                {
                    Received(frame);
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

                Sent(read.Buffer.Length);
                reader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Close();
        }
        finally
        {
            await reader.CompleteAsync();
            await _stop.CancelAsync();
        }
    }

    private void Sent(long bytes)
    {
        lock (_lock)
        {
            _waiting -= bytes;
            if (_waiting < MostWaiting)
            {
                _room?.TrySetResult(true);
                _room = null;
            }
        }
    }
}
