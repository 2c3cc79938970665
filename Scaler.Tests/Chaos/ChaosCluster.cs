using System.Globalization;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Chaos;

/// <summary>Several server processes, the Redis process they share, and a cluster client that observes them.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const string Secret = "--Scaler:Cluster:Secret=a secret of this test, long enough";

    private readonly List<TestClient> _clients = [];
    private readonly TcpProxy? _proxy;

    private ChaosCluster(RedisProcess redis, TcpProxy? proxy, StreamProcess[] servers, ConnectionMultiplexer connection, ScalerCluster view)
    {
        (Redis, _proxy, Servers, Connection, View) = (redis, proxy, servers, connection, view);
    }

    public RedisProcess Redis { get; }

    /// <summary>Gets the proxy between the servers and Redis.</summary>
    /// <exception cref="InvalidOperationException">The cluster was started without a proxy.</exception>
    public TcpProxy Proxy => _proxy ?? throw new InvalidOperationException("The cluster was started without a proxy.");

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
        await cluster.WaitUntilUpAsync(servers);
        return cluster;
    }

    public static Task<StreamProcess> StartServerAsync(string redis, params string[] arguments) =>
        StreamProcess.StartAsync(redis, [Secret, "--Scaler:Cluster:DrainBudget=00:00:02", .. arguments]);

    /// <summary>Discards the messages that the clients have received.</summary>
    public static void DiscardMessages(IEnumerable<(string Url, string Account, TestClient Client)> clients)
    {
        foreach (var (_, _, client) in clients)
        {
            while (client.TryReadMessage(out _))
            {
            }
        }
    }

    public Task WaitUntilUpAsync(int servers) =>
        Deadline.WaitUntilAsync(async () => (await View.GetServersAsync()).Count(s => s is { Url: not null, State: ServerState.Up }) == servers);

    /// <summary>
    /// Connects clients, spread over accounts and servers, and waits until the registry contains all of them. On a busy
    /// machine, the registration of a client can exceed the handshake's timeout. Such a client raises <c>error::connect</c>
    /// and is registered later.
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
        await Deadline.WaitUntilAsync(
            async () => (await View.GetCountsAsync()).Connections == _clients.Count, what: "the registry to contain every client");
        return connected;
    }

    /// <summary>Gets the connection ids of some accounts from the registry. The clients do not know these ids.</summary>
    public async Task<HashSet<string>> GetIdsAsync(params IEnumerable<string> accounts)
    {
        var ids = new HashSet<string>();
        foreach (var account in accounts)
        {
            ids.UnionWith((await View.GetConnectionsAsync(account)).Select(connection => connection.Id));
        }

        return ids;
    }

    /// <summary>
    /// Waits until <c>error::connect</c> was reported for each of the connections, and asserts that it was reported once for
    /// each.
    /// </summary>
    /// <returns>The errors.</returns>
    public async Task<List<ScalerError>> AssertConnectErrorsReportedOnceAsync(IReadOnlyCollection<string> ids)
    {
        async Task<List<ScalerError>> GetErrorsAsync() =>
            [.. (await View.GetRecentErrorsAsync()).Where(error => error.Name == ErrorNames.Connect && ids.Contains(error.Arguments[1]))];

        await Deadline.WaitUntilAsync(
            async () => (await GetErrorsAsync()).Count >= ids.Count, what: "an error::connect for each connection");
        var errors = await GetErrorsAsync();
        Assert.Equal(ids.Order(StringComparer.Ordinal), errors.Select(error => error.Arguments[1]).Order(StringComparer.Ordinal));
        return errors;
    }

    /// <summary>Waits until the registry contains exactly the connections that the servers hold.</summary>
    public Task AssertRegistryMatchesServersAsync() =>
        Deadline.WaitUntilAsync(
            async () => (await View.CheckRegistryAsync()).IsEqual, what: "the registry to match the connections of the servers");

    /// <summary>
    /// Waits until each client has received all messages sent before, and discards them. A completed send means only that
    /// the message is in the queue of the session. Messages of one sender arrive in order, so the method sends a marker
    /// and reads until the marker arrives.
    /// </summary>
    public async Task DrainAsync(IReadOnlyCollection<(string Url, string Account, TestClient Client)> clients)
    {
        await AssertRegistryMatchesServersAsync();
        foreach (var account in clients.GroupBy(c => c.Account))
        {
            var marker = 0;
            await Deadline.WaitUntilAsync(async () =>
            {
                var result = await View.SendAsync(account.Key, "settled", [++marker], new SendOptions { Receipts = true });
                return result.IsComplete && result.Connections == account.Count();
            });
            foreach (var (_, _, client) in account)
            {
                while (await client.ReadMessageAsync() != $$"""{"event":"settled","args":[{{marker}}]}""")
                {
                }
            }
        }
    }

    /// <summary>Sends one message to each account, and asserts that each client receives it exactly once.</summary>
    public async Task AssertEachClientReceivesOnceAsync(List<(string Url, string Account, TestClient Client)> clients)
    {
        await AssertRegistryMatchesServersAsync();
        foreach (var account in clients.Select(c => c.Account).Distinct())
        {
            var result = await View.SendAsync(account, "once", [], new SendOptions { Receipts = true });
            Assert.True(result.IsComplete, string.Create(CultureInfo.InvariantCulture, $"{account}: {result}"));
            Assert.Equal(clients.Count(c => c.Account == account), result.Connections);
        }

        foreach (var (_, _, client) in clients)
        {
            Assert.Equal("""{"event":"once","args":[]}""", await client.ReadMessageAsync());
            Assert.Equal(0, client.PendingMessageCount);
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
