using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures round trips of polling sessions on the first server: a poll waits, a message is posted, and the poll returns its
/// echo.
/// </summary>
internal static class PollingRoundTrips
{
    private const int Count = 64;
    private static readonly TimeSpan EchoTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Measures round trips whose requests all go to one server.</summary>
    /// <param name="group">The servers; the sessions are on the first server.</param>
    /// <param name="via">The zero-based index of the server that receives the requests.</param>
    /// <param name="duration">The duration of the measurement.</param>
    /// <param name="cancellationToken">The token to cancel the measurement.</param>
    public static async Task<Sample> MeasureAsync(ServerGroup group, int via, TimeSpan duration, CancellationToken cancellationToken)
    {
        var sessions = new List<PollingSession>();
        try
        {
            var text = new NumberedText(64);
            for (var client = 0; client < Count; client++)
            {
                sessions.Add(await PollingSession.OpenAsync(group, via, client, text, cancellationToken));
            }

            var sample = await MeasureAsync(group, sessions, duration, cancellationToken);
            foreach (var session in sessions)
            {
                await session.CloseAsync();
            }

            return sample;
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private static async Task<Sample> MeasureAsync(
        ServerGroup group, List<PollingSession> sessions, TimeSpan duration, CancellationToken cancellationToken)
    {
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var commandsBefore = group.Redis is null ? 0 : await group.Redis.CommandsAsync();
        var (cpuBefore, began) = (group.Cpu, time.GetTimestamp());
        var running = sessions.ConvertAll(session => RunAsync(session, histogram, began, duration));
        try
        {
            // One timeout for all sessions: a timer for each round trip would cost more than the check.
            await Task.WhenAll(running).WaitAsync(duration + EchoTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A session that has failed is the cause, not one that still waits.
            await (running.Find(session => session.IsFaulted) ?? Task.CompletedTask);
            var late = sessions[running.FindIndex(session => !session.IsCompleted)];
            throw new TimeoutException(
                $"{late.State}, which has not arrived {EchoTimeout.TotalSeconds} s after the end of the measurement.");
        }

        var (cpuAfter, elapsed) = (group.Cpu, time.GetElapsedTime(began));
        var sample = new Sample
        {
            [Figure.Cpu] = (cpuAfter - cpuBefore).TotalMicroseconds / histogram.Count,
            [Figure.Rate] = histogram.Count / elapsed.TotalSeconds,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
        };
        if (group.Redis is not null)
        {
            sample[Figure.RedisCommands] = (await group.Redis.CommandsAsync() - commandsBefore) / (double)histogram.Count;
        }

        return sample;
    }

    private static async Task RunAsync(PollingSession session, Histogram histogram, long began, TimeSpan duration)
    {
        var time = TimeProvider.System;
        while (time.GetElapsedTime(began) < duration)
        {
            var start = time.GetTimestamp();
            await session.RoundTripAsync();
            lock (histogram)
            {
                histogram.Add(time.GetElapsedTime(start));
            }
        }
    }
}
