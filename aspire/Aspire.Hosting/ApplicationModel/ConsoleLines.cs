using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The last lines of one console. The lock guards all fields; nothing foreign is called under it.</summary>
internal sealed class ConsoleLines(TimeProvider time)
{
    public const int Capacity = 5000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new();
    private TaskCompletionSource _more = NewSignal();
    private int _count;

    public void Append(string text, bool isError)
    {
        // The dashboard takes a leading time off the line and shows it beside it.
        var stamp = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        TaskCompletionSource more;
        lock (_lock)
        {
            _lines.Enqueue(new(++_count, $"{stamp} {text}", isError));
            if (_lines.Count > Capacity) _lines.Dequeue();
            (more, _more) = (_more, NewSignal());
        }

        more.SetResult();
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(
        bool follow, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = 0;
        do
        {
            LogLine[] lines;
            Task more;
            lock (_lock)
            {
                var first = _count - _lines.Count;
                lines = [.. _lines.Skip(Math.Max(0, seen - first))];
                (seen, more) = (_count, _more.Task);
            }

            if (lines.Length > 0) yield return lines;
            if (follow) await more.WaitAsync(cancellationToken);
        }
        while (follow);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
