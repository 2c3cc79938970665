using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Measures polls with a forged session id. The expected answer is 400, at the cost of a plain response.</summary>
internal sealed class ForgedScenario() : Scenario("forged", "requests with a forged session id, per request")
{
    private const int Count = 64;

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        // The format and length of a genuine id, with a server name that could exist.
        var sid = $"{new string('a', 16)}.{new string('b', 24)}.{new string('c', 22)}";
        var target = group.Kind.Protocol is PlainProtocol
            ? "/400"
            : group.Kind.Protocol.Target("account").Replace("transport=websocket", "transport=polling", StringComparison.Ordinal) + "&sid=" + sid;
        var request = HttpConnection.Get(target);
        var time = TimeProvider.System;
        var requests = 0;
        var commandsBefore = group.Redis is null ? 0 : await group.Redis.CommandsAsync();
        var (cpuBefore, began) = (group.Cpu, time.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
            for (; time.GetElapsedTime(began) < duration; Interlocked.Increment(ref requests))
            {
                var (status, _) = await http.SendAsync(request);
                if (status != 400)
                {
                    throw new IOException($"A forged session id was answered with {status}.");
                }
            }
        }));
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / requests,
            [Figure.Rate] = requests / time.GetElapsedTime(began).TotalSeconds,
        };
        if (group.Redis is not null)
        {
            sample[Figure.RedisCommands] = (await group.Redis.CommandsAsync() - commandsBefore) / (double)requests;
        }

        return sample;
    }
}
