namespace Scaler.EngineIO.Sessions;

/// <summary>The closing of all sessions of a server within a budget.</summary>
internal sealed class SessionsClosing(EngineRuntime runtime, EngineCloseReason reason, TimeSpan budget)
{
    // Fewer sessions than this are closed at once.
    private const int SmallestBatch = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly long _startedAt = runtime.Time.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var closed = new List<EngineSession>();
        var ends = new List<Task>();
        try
        {
            var batch = Math.Max(SmallestBatch, (int)Math.Ceiling(runtime.Table.Count * 2 * Pause / Max(budget, Pause)));
            // A handshake that was on its way may bring another session.
            while (runtime.Table.Count > 0)
            {
                var before = closed.Count;
                foreach (var session in runtime.Table.Open)
                {
                    closed.Add(session);
                    ends.Add(session.CloseAsync(reason).AsTask());
                    if (closed.Count % batch == 0)
                    {
                        await Task.Delay(Pause, runtime.Time, cancellationToken);
                    }
                }

                if (closed.Count == before)
                {
                    break;
                }
            }

            await Task.WhenAll(ends).WaitAsync(Max(budget - runtime.Time.GetElapsedTime(_startedAt), TimeSpan.Zero), runtime.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The budget is used up.
            foreach (var session in runtime.Table.Open)
            {
                session.Close(reason);
                session.AbortTransport();
            }

            foreach (var session in closed)
            {
                session.AbortTransport();
            }
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
