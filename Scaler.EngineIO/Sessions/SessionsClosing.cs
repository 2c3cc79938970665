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
        var count = 0;
        var ends = new List<Task>();
        try
        {
            var batch = Math.Max(SmallestBatch, (int)Math.Ceiling(runtime.Table.Count * 2 * Pause / Max(budget, Pause)));
            // A handshake that was on its way may bring another session.
            while (runtime.Table.Count > 0)
            {
                var before = count;
                foreach (var session in runtime.Table.Open)
                {
                    ends.Add(session.CloseAsync(reason).AsTask());
                    if (++count % batch == 0)
                    {
                        await Task.Delay(Pause, runtime.Time, cancellationToken);
                    }
                }

                if (count == before)
                {
                    break;
                }
            }

            await Task.WhenAll(ends).WaitAsync(Left, runtime.Time, cancellationToken);
            await runtime.Farewells.WhenNone().WaitAsync(Left, runtime.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The budget is used up.
            foreach (var session in runtime.Table.Open)
            {
                session.Close(reason);
            }

            runtime.Clock.ExpireAll(runtime.CloseDue);
        }
    }

    /// <summary>Cuts off, when the budget is used up, the WebSockets that still wait for their client's answer.</summary>
    public async Task CutOffLaterAsync()
    {
        await Task.Delay(Left, runtime.Time);
        runtime.Clock.ExpireAll(runtime.CloseDue);
    }

    private TimeSpan Left => Max(budget - runtime.Time.GetElapsedTime(_startedAt), TimeSpan.Zero);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
