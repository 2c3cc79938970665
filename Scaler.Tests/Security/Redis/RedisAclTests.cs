using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Security.Redis;

/// <summary>Tests a cluster on a redis-server whose user has exactly the rights that the documentation grants.</summary>
public sealed class RedisAclTests
{
    private const string Password = "documented";

    [RedisServerFact]
    public async Task Cluster_WithTheDocumentedRights_WorksAndReachesNothingElse()
    {
        await using var process = await RedisProcess.StartAsync(
            ["--user", "admin", "on", ">admin", "~*", "&*", "+@all", "--user", .. ReadUser(), "--user", "default", "off"]);
        var settings = $"{process.Endpoint},user=scaler,password={Password},configChannel=,tiebreaker=";
        await using var redis = await ConnectionMultiplexer.ConnectAsync(settings);
        await using var one = await StartAsync(redis, "one");
        await using var two = await StartAsync(await ConnectionMultiplexer.ConnectAsync(settings), "two");
        await using var outside = new ScalerCluster(await ConnectionMultiplexer.ConnectAsync(settings));
        await using var a = await TestClient.ConnectAsync(one.Url, "acme");
        await using var b = await TestClient.ConnectAsync(two.Url, "acme");

        for (var i = 0; i < 3; i++)
        {
            var sent = await outside.SendAsync("acme", "news", [i], new SendOptions { Receipts = true });
            Assert.Equal((2, true), (sent.Connections, sent.IsComplete));
        }

        Assert.Equal(2, (await one.Server.BroadcastAsync("all")).Connections);
        Assert.Equal(2, (await outside.GetServersAsync()).Count);
        Assert.Equal(new ClusterCounts(2, 1, 2), await outside.GetCountsAsync());
        Assert.Equal("acme", Assert.Single((await outside.GetAccountsAsync("a")).Accounts).Name);
        Assert.Single((await outside.GetAccountRangeAsync("a", 0, "a")).Accounts);
        Assert.Equal(2, (await outside.GetConnectionsAsync("acme")).Count);
        Assert.Equal(2, (await outside.GetActivityAsync("acme")).Count);
        Assert.All((await outside.CheckRegistryAsync()).Servers, static server => Assert.True(server.IsEqual));
        one.Server.On("fail", static (_, _, _) => throw new InvalidOperationException("expected"));
        await a.SendAsync("""{"event":"fail"}""");
        await Deadline.WaitUntilAsync(async () => (await outside.GetRecentErrorsAsync()).Count > 0);
        await outside.AppendAuditAsync([new AuditEntry(DateTimeOffset.UnixEpoch, "ann", "drain", "two", "Done", "")]);
        Assert.Single(await outside.GetAuditAsync());
        Assert.Equal(ServerRequestResult.Accepted, await outside.DrainAsync("two"));
        await b.Closed.WithTimeout();
        await two.StopAsync();
        await Deadline.WaitUntilAsync(async () => (await outside.GetServersAsync()).Count == 1);

        var database = redis.GetDatabase();
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringSetAsync("other", "x"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringGetAsync("{scalers}:secret"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.PublishAsync(RedisChannel.Literal("other"), "x"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("FLUSHALL"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("KEYS", "*"));
        await Assert.ThrowsAsync<RedisServerException>(
            () => database.ScriptEvaluateAsync("return redis.call('SET', 'other', 'x')"));
    }

    /// <summary>Reads the arguments of the user from the documentation.</summary>
    private static string[] ReadUser()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "deployment.md"));
        var text = string.Concat(lines.SkipWhile(static line => !line.StartsWith("ACL SETUSER scaler", StringComparison.Ordinal))
            .TakeWhile(static line => line != "```").Select(static line => line.TrimEnd('\\')));
        return text.Replace("$PASSWORD", Password, StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..];
    }

    private static Task<PeerHost> StartAsync(IConnectionMultiplexer redis, string id) => PeerHost.StartAsync(
        redis, "scaler", id,
        static options =>
        {
            (options.Cluster.SendTimeout, options.Cluster.ReceiptTimeout) = (Deadline.DefaultTimeout, Deadline.DefaultTimeout);
            options.Cluster.RegistrationTimeout = TimeSpan.FromSeconds(10);
        },
        build: static builder => builder.Services.AddScalerErrorPublishing());
}
