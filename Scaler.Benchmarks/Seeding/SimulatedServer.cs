using System.Globalization;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Node;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;
using Scaler.Cluster.Redis.Registry;
using Scaler.Cluster.Wire;
using StackExchange.Redis;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Benchmarks.Seeding;

/// <summary>
/// Simulates a server as Redis and the other servers see it: a lease that it renews, connections that it has registered, and
/// answers to requests on the bus. Only the sockets are missing, so a laptop can hold a hundred thousand connections. All access
/// goes through the library's own registry and bus.
/// </summary>
internal sealed class SimulatedServer : ILocalDelivery, IAsyncDisposable
{
    // The batch size of the library itself.
    private const int Batch = 250;

    private readonly ClusterNode _node;
    private readonly ScalerMetrics _metrics = new(null);
    private readonly Dictionary<string, List<string>> _held = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _startedAt;
    private readonly long _epoch;
    private IAsyncDisposable? _listening;
    private int _connections;

    public SimulatedServer(IConnectionMultiplexer redis, SeedOptions options, int number, TimeProvider time)
    {
        _startedAt = time.GetUtcNow();
        _epoch = _startedAt.ToUnixTimeMilliseconds();
        Id = string.Create(CultureInfo.InvariantCulture, $"seed-{number:00}");
        var keys = new RedisKeys(options.Prefix);
        var scaler = new ScalerOptions { Prefix = options.Prefix };
        scaler.Cluster.Secret = options.Secret;
        _node = new ClusterNode(
            new RedisServerRegistry(redis, keys), new RedisMessageBus(redis, keys, _metrics), scaler, time, _metrics,
            new NodeEpoch(ServerEpochName.Format(Id, _epoch)), this);
    }

    public string Id { get; }

    public int Connections => _connections;

    int ILocalDelivery.ConnectionCount => _connections;

    public async Task JoinAsync()
    {
        await _node.AgreeOnSecretAsync();
        _listening = await _node.Bus.SubscribeAsync(_node.ServerEpoch, _node.Receive);
        await RenewAsync(join: true);
    }

    /// <summary>Adds connections of an account. <see cref="RegisterAsync"/> writes them to Redis.</summary>
    public void AddConnections(string account, int connections)
    {
        var held = _held.TryGetValue(account, out var known) ? known : _held[account] = [];
        for (var i = 0; i < connections; i++)
        {
            held.Add(Guid.NewGuid().ToString("N")[..12]);
        }

        _connections += connections;
    }

    /// <summary>Registers all connections in batches, as a server does that joins with connected clients.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in _held.SelectMany(account => account.Value.Select(id => (Account: account.Key, Id: id))).Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _node.Registry.RegisterAsync(_node.ServerEpoch, [.. batch.Select(connection => new RegistryEntry(connection.Account, connection.Id, Facts(connection.Id)))]);
        }
    }

    public async Task RenewAsync(bool join = false)
    {
        var deliveries = _metrics.DeliveryLatency.Summarize();
        var sentAt = _node.Time.GetTimestamp();
        var answer = await _node.Servers.RenewAsync(
            new ServerInfo
            {
                Id = Id,
                Epoch = _epoch,
                Url = $"http://{Id}.invalid:8080",
                State = ServerState.Up,
                Version = "seed",
                StartedAt = _startedAt,
                Connections = _connections,
                WebSockets = _connections - (_connections / 8),
                Accounts = _held.Count,
                Received = _metrics.Received,
                Sent = _metrics.Delivered,
                Errors = _metrics.Errors,
                MemoryBytes = Environment.WorkingSet,
                BusMilliseconds = 0.5,
                Deliveries = deliveries.Count,
                DeliveryMedianMilliseconds = deliveries.Count > 0 ? deliveries.MedianMilliseconds : null,
                DeliveryP99Milliseconds = deliveries.Count > 0 ? deliveries.P99Milliseconds : null,
            },
            _node.Options.Cluster.LeaseDuration,
            join);
        if (!answer.IsHeld)
        {
            throw new InvalidOperationException($"The lease of {Id} has expired: this machine did not renew it in time.");
        }

        _node.Clock.Update(sentAt, answer.ClockMicroseconds);
    }

    /// <summary>Sends a message to an account, as a handler would.</summary>
    public Task<SendResult> SendAsync(string account, ReadOnlyMemory<byte> payload)
    {
        _metrics.MessageReceived();
        return _node.SendAsync(
            EnvelopeKind.Message, new DeliveryTarget(account), payload, EnvelopeFlags.None, CancellationToken.None);
    }

    public void CountError(string name) => _metrics.ErrorRaised(name);

    public int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, EnvelopeFlags flags) => Count(target);

    public int Disconnect(in DeliveryTarget target) => 0;

    public Receipt GetInventory()
    {
        var digest = 0UL;
        foreach (var (account, ids) in _held)
        {
            foreach (var id in ids)
            {
                digest += RegistrationDigest.Compute(account, id);
            }
        }

        return new Receipt(_connections, digest);
    }

    public IReadOnlyList<ConnectionActivity> GetActivity(string account, int most) => _held.TryGetValue(account, out var ids)
        ? [.. ids.Take(most).Select(id => new ConnectionActivity(id, _node.Time.GetUtcNow(), 0, 0))]
        : [];

    /// <summary>Leaves the cluster and removes the server's data in bounded steps, as a stopping server does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _node.Registry.LeaveAsync(_node.ServerEpoch);
        while (await _node.Registry.ReapAsync(_node.ServerEpoch) > 0)
        {
        }

        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }
    }

    private int Count(in DeliveryTarget target) =>
        target.Account is null ? _connections : _held.TryGetValue(target.Account, out var ids) ? ids.Count : 0;

    private byte[] Facts(string id) => new ConnectionMetadata
    {
        Transport = id[0] is '0' or '1' ? "polling" : "websocket",
        ProtocolVersion = 4,
        RemoteAddress = $"203.0.113.{id[1] % 250}",
        UserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
        SinceUnixMilliseconds = _startedAt.ToUnixTimeMilliseconds(),
    }.Write();
}
