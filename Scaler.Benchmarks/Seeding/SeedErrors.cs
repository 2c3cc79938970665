using Scaler.Cluster.Redis;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Seeding;

/// <summary>Raises error events at a steady pace, in the small batches in which servers publish them.</summary>
internal sealed class SeedErrors(IConnectionMultiplexer redis, SeedOptions options, IReadOnlyList<SimulatedServer> servers, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Names = [ErrorNames.Json, ErrorNames.Validation, ErrorNames.Invalid, ErrorNames.Handler];

    private readonly ErrorLog _log = new(redis, new RedisKeys(options.Prefix));

    public long Raised { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var started = time.GetTimestamp();
        while (options.ErrorsPerSecond > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            // By the clock and not by the tick, so that a late tick makes up for it.
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

    /// <summary>Takes back what was raised, and leaves what others have raised.</summary>
    public async Task RemoveAsync()
    {
        var database = redis.GetDatabase();
        var key = new RedisKeys(options.Prefix).Errors;
        var mine = servers.Select(server => $"\"server\":\"{server.Id}\"").ToArray();
        foreach (var value in await database.ListRangeAsync(key))
        {
            if (mine.Any(value.ToString().Contains))
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
            Arguments = [$$"""{"event":"order","args":[{{Raised++}}, "what a client of an old release sends", }"""],
            At = time.GetUtcNow(),
            Server = server.Id,
            Account = SeedAccounts.Name((int)(Raised * 7919 % options.Accounts)),
        };
    }
}
