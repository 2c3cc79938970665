using System.IO.Pipelines;
using Scaler.EngineIO.Http;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Reads a complete request body into the buffer of its pipe, if the body arrives within a short time.</summary>
internal static class BufferableBody
{
    /// <summary>
    /// The maximum wait for the body. A healthy client sends the body together with the headers, or directly after them.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads until the body is complete or 100 ms have elapsed.</summary>
    /// <returns>The buffered part of the body. No bytes are consumed.</returns>
    /// <exception cref="IOException">The client disconnected before the body was complete.</exception>
    public static ValueTask<ReadResult> ReadAsync(PipeReader reader, long length, TimeProvider time)
    {
        if (reader.TryRead(out var read))
        {
            if (IsDone(read, length))
            {
                return new(read);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        return WaitAsync(reader, length, time);
    }

    private static async ValueTask<ReadResult> WaitAsync(PipeReader reader, long length, TimeProvider time)
    {
        ReadResult read;
        var deadline = new Deadline(reader);
        await using (time.CreateTimer(static state => ((Deadline)state!).Expire(), deadline, MaxWait, Timeout.InfiniteTimeSpan))
        {
            read = await reader.ReadAsync();
            while (!IsDone(read, length))
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await reader.ReadAsync();
            }
        }

        // The deadline may have expired together with the last read. Consume the pending cancellation, so that the next reader
        // does not see it.
        while (deadline.HasExpired && !read.IsCanceled)
        {
            reader.AdvanceTo(read.Buffer.Start);
            read = await reader.ReadAsync();
        }

        return read;
    }

    private static bool IsDone(in ReadResult read, long length) =>
        read.IsCanceled || read.IsCompleted || read.Buffer.Length >= length;

    private sealed class Deadline(PipeReader reader)
    {
        private volatile bool _hasExpired;

        public bool HasExpired => _hasExpired;

        public void Expire()
        {
            _hasExpired = true;
            RequestBody.CancelRead(reader);
        }
    }
}
