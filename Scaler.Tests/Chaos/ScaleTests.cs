using System.Diagnostics;
using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Registry;
using Scaler.Tests.Helpers;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>
/// Tests a registry with a million accounts. Compares the execution time of each query with that of a scan of all accounts, both as
/// recorded by the slow log of Redis.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Accounts = 1_000_000;

    [RedisServerFact]
    public async Task Registry_WithAMillionAccounts_AnswersEachQueryWithoutAScan()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Endpoint},allowAdmin=true,syncTimeout=30000,asyncTimeout=30000");
        var keys = new RedisKeys("scale");
        var registry = new RedisServerRegistry(connection, keys);
        var servers = Enumerable.Range(0, 4).Select(i => new ServerInfo { Id = $"server{i}", Epoch = 1 }).ToArray();
        foreach (var server in servers)
        {
            await registry.RenewAsync(server, TimeSpan.FromMinutes(5), join: true);
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Accounts).Chunk(200), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (batch, _) => await registry.RegisterAsync(
                servers[batch[0] / 200 % servers.Length].EpochName,
                [.. batch.Select(i => new RegistryEntry($"account-{i:D7}", $"connection-{i}", Encoding.ASCII.GetBytes("{}")))], 0));
        await registry.RegisterAsync(servers[0].EpochName, [.. Enumerable.Range(0, 5000).Select(i => new RegistryEntry("big", $"b{i}", default))], 0);
        Assert.Equal(new ClusterCounts(4, Accounts + 1, Accounts + 5000), await registry.GetCountsAsync());

        var server0 = connection.GetServers()[0];
        await server0.ConfigSetAsync("slowlog-log-slower-than", "0");
        await server0.ConfigSetAsync("slowlog-max-len", "10000");
        await server0.SlowlogResetAsync();
        var started = Stopwatch.GetTimestamp();
        var first = await registry.GetAccountsAsync("", null, 1000);
        var middle = await registry.GetAccountsAsync("account-05", "account-0555555", 1000);
        var found = await registry.GetAccountsAsync("account-09999", null, 100);
        var deep = await registry.GetAccountRangeAsync("account-", 900_000, null, 100);
        var last = await registry.GetAccountRangeAsync("", 0, "account-0999990", 100);
        await registry.GetCountsAsync();
        Assert.Equal(5000, (await registry.GetConnectionsAsync("big", 10_000)).Count);
        await registry.GetConnectionsAsync("account-0123456", 100);
        await registry.RenewAsync(servers[1], TimeSpan.FromMinutes(5), join: false);
        Assert.True(await registry.RegisterAsync(servers[0].EpochName, [new RegistryEntry("one-more", "x", default)], 10));
        await registry.UnregisterAsync(servers[0].EpochName, [new RegistryEntry("one-more", "x", default)]);
        var took = Stopwatch.GetElapsedTime(started);

        Assert.Equal(("account-0000000", 1000), (first.Accounts[0].Name, first.Accounts.Count));
        Assert.Equal("account-0555556", middle.Accounts[0].Name);
        Assert.Equal(100, found.Accounts.Count);
        Assert.Equal(("account-0900000", 100, Accounts), (deep.Accounts[0].Name, deep.Accounts.Count, (int)deep.Total));
        Assert.Equal(("account-0999990", 11, 999_990), (last.Accounts[0].Name, last.Accounts.Count, (int)last.Position));
        var durations = (await server0.SlowlogGetAsync(10_000)).Where(s => s.Arguments[0] == "EVALSHA" || s.Arguments[0] == "EVAL").Select(s => s.Duration).Order().ToList();
        output.WriteLine(
            $"{durations.Count} queries to a registry of {Accounts} accounts: time in Redis per query {durations[durations.Count / 2].TotalMilliseconds:F2} ms (median), "
            + $"{durations[^1].TotalMilliseconds:F2} ms (max); {took.TotalMilliseconds:F0} ms in total");

        // A query that read all accounts would take as long as this scan, on a busy machine too.
        await server0.SlowlogResetAsync();
        await connection.GetDatabase().ScriptEvaluateAsync("return #redis.call('ZRANGE', KEYS[1], 0, -1)", [keys.Accounts]);
        var scan = (await server0.SlowlogGetAsync(10_000)).Max(static entry => entry.Duration);
        output.WriteLine($"A scan of all accounts takes {scan.TotalMilliseconds:F0} ms");
        Assert.InRange(durations[durations.Count / 2], TimeSpan.Zero, scan / 20);
        Assert.InRange(durations[^1], TimeSpan.Zero, scan / 2);
    }
}
