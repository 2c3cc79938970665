using System.IO.Pipelines;

namespace Scaler.Cluster.Peers;

/// <summary>Reads the body of a request, if it comes soon.</summary>
internal static class SoonBody
{
    /// <summary>How long it may take. Bodies of clients that are well come with their headers, or right behind them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads until a body is whole, or time is up.</summary>
    /// <returns>What has come, of which nothing is consumed.</returns>
    /// <exception cref="IOException">It will never be whole.</exception>
    public static ValueTask<ReadResult> ReadAsync(PipeReader reader, long length, TimeProvider time)
    {
        if (reader.TryRead(out var read))
        {
            if (IsEnough(read, length))
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
        var end = new End(reader);
        await using (time.CreateTimer(static state => ((End)state!).Come(), end, Patience, Timeout.InfiniteTimeSpan))
        {
            read = await reader.ReadAsync();
            while (!IsEnough(read, length))
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await reader.ReadAsync();
            }
        }

        // The end may have come together with the last of the body: whoever reads next must not be told of it.
        while (end.HasCome && !read.IsCanceled)
        {
            reader.AdvanceTo(read.Buffer.Start);
            read = await reader.ReadAsync();
        }

        return read;
    }

    private static bool IsEnough(in ReadResult read, long length) => read.IsCanceled || read.IsCompleted || read.Buffer.Length >= length;

    private sealed class End(PipeReader reader)
    {
        private volatile bool _hasCome;

        public bool HasCome => _hasCome;

        public void Come()
        {
            _hasCome = true;
            reader.CancelPendingRead();
        }
    }
}
