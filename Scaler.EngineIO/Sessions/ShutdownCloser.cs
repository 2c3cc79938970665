namespace Scaler.EngineIO.Sessions;

/// <summary>Closes all sessions of a server within a time budget.</summary>
internal sealed class ShutdownCloser(EngineRuntime runtime, EngineCloseReason reason, TimeSpan budget)
{
    // Fewer sessions than this are closed at once.
    private const int MinBatchSize = 64;
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(20);

    private readonly long _startedAt = runtime.Time.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        var closeTasks = new List<Task>();
        try
        {
            var batch = Math.Max(MinBatchSize, (int)Math.Ceiling(runtime.Table.Count * 2 * BatchInterval / Max(budget, BatchInterval)));
            // A handshake in progress may add another session.
            while (runtime.Table.Count > 0)
            {
                var before = count;
                foreach (var session in runtime.Table.OpenSessions)
                {
                    closeTasks.Add(session.CloseAsync(reason).AsTask());
                    if (++count % batch == 0)
                    {
                        await Task.Delay(BatchInterval, runtime.Time, cancellationToken);
                    }
                }

                if (count == before)
                {
                    break;
                }
            }

            await Task.WhenAll(closeTasks).WaitAsync(Remaining, runtime.Time, cancellationToken);
            await runtime.PendingCloseNotifications.WaitForZeroAsync().WaitAsync(Remaining, runtime.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The budget is used up.
            foreach (var session in runtime.Table.OpenSessions)
            {
                session.Close(reason);
            }

            runtime.Clock.ExpireAll(runtime.CloseDeadlines);
        }
    }

    /// <summary>Aborts the WebSockets that still wait for their client's close frame when the budget is used up.</summary>
    public async Task AbortAfterBudgetAsync()
    {
        await Task.Delay(Remaining, runtime.Time);
        runtime.Clock.ExpireAll(runtime.CloseDeadlines);
    }

    private TimeSpan Remaining => Max(budget - runtime.Time.GetElapsedTime(_startedAt), TimeSpan.Zero);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
