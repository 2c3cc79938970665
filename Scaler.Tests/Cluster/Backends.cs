using Garnet;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.InMemory;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;
using Scaler.Cluster.Redis.Registry;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>The Redis servers shared by the tests of a class. Each server starts when a test first uses it.</summary>
public sealed class Backends : IAsyncLifetime
{
    private readonly List<ConnectionMultiplexer> _connections = [];
    private GarnetServer? _garnet;
    private int _garnetPort;
    private RedisProcess? _redis;
    private RedisClusterProcesses? _cluster;
    private int _prefixes;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        _garnet?.Dispose();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>Returns a key prefix that no other test uses.</summary>
    public string NewPrefix() => $"test{Interlocked.Increment(ref _prefixes)}";

    /// <summary>Opens a new connection to the Redis of a backend.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync(Backend backend)
    {
        var configuration = new ConfigurationOptions { EndPoints = { await EndpointAsync(backend) }, AllowAdmin = true };
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Creates an empty cluster, with one message bus for each of two servers.</summary>
    internal async Task<(IServerRegistry Registry, IMessageBus First, IMessageBus Second)> NewClusterAsync(Backend backend)
    {
        if (backend == Backend.InMemory)
        {
            var memory = new InMemoryCluster(TimeProvider.System);
            return (memory, memory, memory);
        }

        var keys = new RedisKeys(NewPrefix());
        var (first, second) = (await ConnectAsync(backend), await ConnectAsync(backend));
        return (new RedisServerRegistry(first, keys), new RedisMessageBus(first, keys, new ScalerMetrics(null)), new RedisMessageBus(second, keys, new ScalerMetrics(null)));
    }

    private async Task<string> EndpointAsync(Backend backend)
    {
        if (backend == Backend.RedisServer)
        {
            return (_redis ??= await RedisProcess.StartAsync()).Endpoint;
        }

        if (backend == Backend.RedisCluster)
        {
            return (_cluster ??= await RedisClusterProcesses.StartAsync()).Endpoint;
        }

        if (_garnet is null)
        {
            _garnetPort = FreePorts.GetFreePort();
            _garnet = new GarnetServer(["--port", $"{_garnetPort}", "--bind", "127.0.0.1", "--lua", "--lua-transaction-mode"]);
            _garnet.Start();
        }

        return $"127.0.0.1:{_garnetPort}";
    }
}
