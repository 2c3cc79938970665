using System.Globalization;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Chaos;

/// <summary>Servers of their own processes on a Redis of its own, and a view of them.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const string Secret = "--Scaler:Cluster:Secret=a secret of this test";

    private readonly List<TestClient> _clients = [];
    private readonly TcpProxy? _proxy;

    private ChaosCluster(RedisProcess redis, TcpProxy? proxy, StreamProcess[] servers, ConnectionMultiplexer connection, ScalerCluster view)
    {
        (Redis, _proxy, Servers, Connection, View) = (redis, proxy, servers, connection, view);
    }

    public RedisProcess Redis { get; }

    /// <summary>What stands between the servers and their Redis, if it was asked for.</summary>
    public TcpProxy Proxy => _proxy ?? throw new InvalidOperationException("The servers connect to Redis directly.");

    public StreamProcess[] Servers { get; }

    public ConnectionMultiplexer Connection { get; }

    public ScalerCluster View { get; }

    public static async Task<ChaosCluster> StartAsync(int servers, bool behindProxy = false, params string[] arguments)
    {
        var redis = await RedisProcess.StartAsync();
        var proxy = behindProxy ? new TcpProxy(redis.Port) : null;
        var endpoint = proxy is null ? redis.Endpoint : $"127.0.0.1:{proxy.Port}";
        var started = await Task.WhenAll(Enumerable.Range(0, servers).Select(_ => StartServerAsync(endpoint, arguments)));
        var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Endpoint},allowAdmin=true,abortConnect=false");
        var view = new ScalerCluster(connection, new ScalerOptions { Cluster = { Secret = Secret.Split('=')[1] } });
        var cluster = new ChaosCluster(redis, proxy, started, connection, view);
        await cluster.UntilUpAsync(servers);
        return cluster;
    }

    public static Task<StreamProcess> StartServerAsync(string redis, params string[] arguments) =>
        StreamProcess.StartAsync(redis, [Secret, "--Scaler:Cluster:DrainBudget=00:00:02", .. arguments]);

    public static void Empty(IEnumerable<(string Url, string Account, TestClient Client)> clients)
    {
        foreach (var (_, _, client) in clients)
        {
            while (client.TryTake(out _))
            {
            }
        }
    }

    public Task UntilUpAsync(int servers) =>
        Deadline.Until(async () => (await View.GetServersAsync()).Count(s => s is { Url: not null, State: ServerState.Up }) == servers);

    /// <summary>
    /// Connects clients, spread over accounts and servers. All of them are in the registry afterwards, also those whose handshake did not wait
    /// long enough for it, as on a machine that is busy: they have raised <c>error::connect</c>.
    /// </summary>
    public async Task<List<(string Url, string Account, TestClient Client)>> ConnectAsync(int count, int accounts)
    {
        var connected = new List<(string Url, string Account, TestClient Client)>();
        foreach (var batch in Enumerable.Range(0, count).Chunk(50))
        {
            connected.AddRange(await Task.WhenAll(batch.Select(async i =>
            {
                var (url, account) = (Servers[i / accounts % Servers.Length].Url, $"account-{i % accounts}");
                return (url, account, await TestClient.ConnectAsync(url, account));
            })));
        }

        _clients.AddRange(connected.Select(c => c.Client));
        await Deadline.Until(async () => (await View.GetCountsAsync()).Connections == _clients.Count, what: "every client is in the registry");
        return connected;
    }

    /// <summary>The ids of an account's connections, which a client does not know.</summary>
    public async Task<HashSet<string>> GetIdsAsync(params IEnumerable<string> accounts)
    {
        var ids = new HashSet<string>();
        foreach (var account in accounts)
        {
            ids.UnionWith((await View.GetConnectionsAsync(account)).Select(connection => connection.Id));
        }

        return ids;
    }

    /// <summary>Each of some connections was told of once, as one that could not be stored: now, or as soon as what is under way has arrived.</summary>
    public async Task<List<ScalerError>> AssertToldOfOnceAsync(IReadOnlyCollection<string> ids)
    {
        async Task<List<ScalerError>> ToldAsync() =>
            [.. (await View.GetRecentErrorsAsync()).Where(error => error.Name == ErrorNames.Connect && ids.Contains(error.Arguments[1]))];

        await Deadline.Until(async () => (await ToldAsync()).Count >= ids.Count, what: "each connection is told of");
        var told = await ToldAsync();
        Assert.Equal(ids.Order(StringComparer.Ordinal), told.Select(error => error.Arguments[1]).Order(StringComparer.Ordinal));
        return told;
    }

    /// <summary>The registry says what the servers hold: now, or as soon as what is under way has arrived.</summary>
    public Task AssertRegistryEqualsRealityAsync() =>
        Deadline.Until(async () => (await View.CheckRegistryAsync()).IsEqual, what: "the registry equals reality");

    /// <summary>
    /// Has every client read all that it was sent before: a queue that has taken a message has not sent it yet. What comes from one sender comes
    /// in order, so it has come when what was sent behind it has.
    /// </summary>
    public async Task SettleAsync(IReadOnlyCollection<(string Url, string Account, TestClient Client)> clients)
    {
        await AssertRegistryEqualsRealityAsync();
        foreach (var account in clients.GroupBy(c => c.Account))
        {
            var mark = 0;
            await Deadline.Until(async () =>
            {
                var result = await View.SendAsync(account.Key, "settled", [++mark], new SendOptions { Receipts = true });
                return result.IsComplete && result.Connections == account.Count();
            });
            foreach (var (_, _, client) in account)
            {
                while (await client.NextAsync() != $$"""{"event":"settled","args":[{{mark}}]}""")
                {
                }
            }
        }
    }

    public async Task AssertEverybodyIsReachedOnceAsync(List<(string Url, string Account, TestClient Client)> clients)
    {
        await AssertRegistryEqualsRealityAsync();
        foreach (var account in clients.Select(c => c.Account).Distinct())
        {
            var result = await View.SendAsync(account, "once", [], new SendOptions { Receipts = true });
            Assert.True(result.IsComplete, string.Create(CultureInfo.InvariantCulture, $"{account}: {result}"));
            Assert.Equal(clients.Count(c => c.Account == account), result.Connections);
        }

        foreach (var (_, _, client) in clients)
        {
            Assert.Equal("""{"event":"once","args":[]}""", await client.NextAsync());
            Assert.Equal(0, client.Waiting);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Abort();
        }

        await View.DisposeAsync();
        await Connection.DisposeAsync();
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await Redis.DisposeAsync();
    }
}
