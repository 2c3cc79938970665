using System.Text;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures round trips of polling sessions on the first server: a poll waits, a message is posted, and the poll returns its
/// echo.
/// </summary>
internal static class PollingLoad
{
    private const int Count = 64;

    /// <summary>Measures round trips whose requests all go to one server.</summary>
    /// <param name="group">The servers; the sessions are on the first server.</param>
    /// <param name="via">The zero-based index of the server that receives the requests.</param>
    /// <param name="duration">The duration of the measurement.</param>
    /// <param name="cancellationToken">The token to cancel the measurement.</param>
    public static async Task<Sample> MeasureAsync(ServerGroup group, int via, TimeSpan duration, CancellationToken cancellationToken)
    {
        var targets = new string[Count];
        for (var client = 0; client < Count; client++)
        {
            targets[client] = await OpenAsync(group, client, cancellationToken);
        }

        var histogram = new Histogram();
        var time = TimeProvider.System;
        var commandsBefore = group.Redis is null ? 0 : await group.Redis.CommandsAsync();
        var (cpuBefore, began) = (group.Cpu, time.GetTimestamp());
        await Task.WhenAll(targets.Select(async target =>
        {
            using var poll = await HttpConnection.OpenAsync(group.EndPoint(via), cancellationToken);
            using var post = await HttpConnection.OpenAsync(group.EndPoint(via), cancellationToken);
            var get = HttpConnection.Get(target);
            var send = HttpConnection.Post(target, group.Kind.Dialect.Message(new string('x', 64)));
            while (time.GetElapsedTime(began) < duration)
            {
                var start = time.GetTimestamp();
                var waiting = poll.SendAsync(get);
                Check((await post.SendAsync(send)).Status);
                Check((await waiting).Status);
                lock (histogram)
                {
                    histogram.Add(time.GetElapsedTime(start));
                }
            }
        }));
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

        foreach (var target in targets)
        {
            await CloseAsync(group, target, cancellationToken);
        }

        return sample;
    }

    /// <summary>Opens a session and returns the target of its requests.</summary>
    public static async Task<string> OpenAsync(ServerGroup group, int client, CancellationToken cancellationToken)
    {
        if (group.Kind.Dialect is PlainDialect)
        {
            return $"/poll?id={client}";
        }

        var target = group.Kind.Dialect.Target($"account-{client}").Replace("transport=websocket", "transport=polling", StringComparison.Ordinal);
        using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
        var (status, body) = await http.SendAsync(HttpConnection.Get(target));
        Check(status);

        // 0{"sid":"...","upgrades":...}
        return $"{target}&sid={Encoding.ASCII.GetString(body.Span).Split("\"sid\":\"")[1].Split('"')[0]}";
    }

    private static async Task CloseAsync(ServerGroup group, string target, CancellationToken cancellationToken)
    {
        if (group.Kind.Dialect is not PlainDialect)
        {
            using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
            await http.SendAsync(HttpConnection.Post(target, "1"));
        }
    }

    private static void Check(int status)
    {
        if (status != 200)
        {
            throw new IOException($"A poll was answered with {status}.");
        }
    }
}
