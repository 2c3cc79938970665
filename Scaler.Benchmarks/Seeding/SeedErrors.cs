using Scaler.Cluster.Redis;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Seeding;

/// <summary>Raises error events at a constant rate, in small batches, as servers publish them.</summary>
internal sealed class SeedErrors(IConnectionMultiplexer redis, SeedOptions options, IReadOnlyList<SimulatedServer> servers, TimeProvider time)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Names = [ErrorNames.Json, ErrorNames.Validation, ErrorNames.Invalid, ErrorNames.Handler];

    private readonly ErrorLog _log = new(redis, new RedisKeys(options.Prefix));

    public long Raised { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        var started = time.GetTimestamp();
        while (options.ErrorsPerSecond > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            // Count by elapsed time, not by ticks, so that a late tick catches up.
            var due = (long)(time.GetElapsedTime(started).TotalSeconds * options.ErrorsPerSecond) - Raised;
            var batch = new List<ScalerError>();
            for (; due > 0; due--)
            {
                batch.Add(Next());
            }

            if (batch.Count > 0)
            {
                await _log.AppendAsync(batch);
            }
        }
    }

    /// <summary>Removes the errors of the simulated servers, and keeps all other errors.</summary>
    public async Task RemoveAsync()
    {
        var database = redis.GetDatabase();
        var key = new RedisKeys(options.Prefix).Errors;
        var own = servers.Select(server => $"\"server\":\"{server.Id}\"").ToArray();
        foreach (var value in await database.ListRangeAsync(key))
        {
            if (own.Any(value.ToString().Contains))
            {
                await database.ListRemoveAsync(key, value);
            }
        }
    }

    private ScalerError Next()
    {
        var server = servers[(int)(Raised % servers.Count)];
        var name = Names[Raised % Names.Length];
        server.CountError(name);
        return new ScalerError
        {
            Name = name,
            Arguments = [$$"""{"event":"order","args":[{{Raised++}}, "sent by an outdated client", }"""],
            At = time.GetUtcNow(),
            Server = server.Id,
            Account = SeedAccounts.Name((int)(Raised * 7919 % options.Accounts)),
        };
    }
}
