using System.Buffers;
using System.Diagnostics;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;
using StackExchange.Redis;

namespace Scaler.Cluster.Node;

/// <summary>
/// Sends and receives messages of the cluster. Local connections are served first and directly; the message bus reaches the other
/// servers. No operation waits longer than the timeouts in the options.
/// </summary>
internal sealed partial class ClusterLink(
    IServerRegistry registry, IMessageBus bus, ScalerOptions options, TimeProvider time, ScalerMetrics metrics)
{
    private readonly PendingReceipts _receipts = new();
    private volatile ClusterSecret _secret = new(options.Cluster.Secret ?? ClusterSecret.Generate());

    public IServerRegistry Registry => registry;

    public IMessageBus Bus => bus;

    public TimeProvider Time => time;

    public ScalerOptions Options => options;

    public ScalerMetrics Metrics => metrics;

    public ClusterSecret Secret => _secret;

    public ClusterClock Clock { get; } = new(time);

    /// <summary>Gets or sets the connections of this process, or <see langword="null"/> if this process holds none.</summary>
    public ILocalDelivery? Local { get; set; }

    /// <summary>
    /// Gets or sets the name of the server epoch (see <see cref="ServerEpochName"/>) under which this process sends and receives.
    /// </summary>
    public string ServerEpoch { get; set; } = ServerEpochName.Format("outside-" + Guid.NewGuid().ToString("N")[..12], 0);

    /// <summary>
    /// Gets or sets the callback for an operator's request to drain (<see langword="true"/>) or to resume
    /// (<see langword="false"/>). It returns the number of connections, or -1 if the server refuses. <see langword="null"/> if
    /// this process cannot drain. The callback must not block.
    /// </summary>
    public Func<bool, int>? DrainRequested { get; set; }

    /// <summary>Gets or sets the callback for a returned probe of the bus; its argument is the number of the probe.</summary>
    public Action<long>? ProbeReturned { get; set; }

    /// <summary>
    /// Reads the cluster's secret from Redis if no secret is configured. This process then proposes the agreed secret from now
    /// on. If Redis loses the secret, the servers that know it restore it, so servers that join later get the same one.
    /// </summary>
    public async Task AgreeOnSecretAsync()
    {
        if (options.Cluster.Secret is not null)
        {
            return;
        }

        var shared = await registry.ShareSecretAsync(_secret.Text);
        if (shared != _secret.Text)
        {
            _secret = new ClusterSecret(shared);
        }
    }

    public async Task<SendResult> SendAsync(
        EnvelopeKind kind, DeliveryTarget target, ReadOnlyMemory<byte> payload, bool isBinary, bool receipts, CancellationToken cancellationToken)
    {
        var here = kind == EnvelopeKind.Disconnect
            ? Local?.Disconnect(target) ?? 0
            : DeliverHere(target, payload.Span, isBinary);
        var result = new SendResult { Connections = here, Servers = here > 0 ? 1 : 0 };
        if (target.Only is not null && here > 0)
        {
            return result;
        }

        if (!registry.IsConnected)
        {
            return result with { ClusterReached = false };
        }

        using var pending = receipts ? _receipts.Begin() : null;
        var envelope = new Envelope
        {
            Kind = kind,
            Flags = (isBinary ? EnvelopeFlags.Binary : 0) | (receipts ? EnvelopeFlags.Receipt : 0) | (target.Except is null ? 0 : EnvelopeFlags.Except),
            Sender = ServerEpoch,
            Number = pending?.Number ?? 0,
            Count = kind == EnvelopeKind.Disconnect ? 0 : Clock.Stamp,
            Account = target.Account ?? "",
            ConnectionId = target.Except ?? target.Only ?? "",
            Trace = Activity.Current?.Context ?? default,
            Payload = payload,
        };

        IReadOnlyList<DeliveryResult> reached;
        try
        {
            reached = await PublishAsync(target.Account, envelope)
                .WaitAsync(options.Cluster.SendTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return result with { ClusterReached = false };
        }

        return pending is null
            ? Sum(result, reached, target)
            : Sum(result, reached, await pending.WaitAsync(
                [.. reached.Where(r => r.HasSubscriber).Select(r => r.ServerEpoch)], options.Cluster.ReceiptTimeout, time, cancellationToken));
    }

    /// <summary>
    /// Sends an envelope to one server epoch. Errors of Redis are not thrown, because only the receiver misses the envelope.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if a subscriber received the envelope, as far as is known; otherwise, <see langword="false"/>.
    /// </returns>
    public async Task<bool> SendToServerAsync(string holder, Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        try
        {
            return await bus.SendToServerAsync(holder, rented.AsMemory(0, length));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private int DeliverHere(in DeliveryTarget target, ReadOnlySpan<byte> payload, bool isBinary)
    {
        var count = Local?.Deliver(target, payload, isBinary) ?? 0;
        metrics.MessagesDelivered(count);
        return count;
    }

    private Task<IReadOnlyList<DeliveryResult>> PublishAsync(string? account, in Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        var bytes = rented.AsMemory(0, length);
        return ReturnWhenDoneAsync(
            account is null ? bus.BroadcastAsync(ServerEpoch, bytes) : bus.SendToAccountAsync(account, ServerEpoch, bytes), rented);

        static async Task<IReadOnlyList<DeliveryResult>> ReturnWhenDoneAsync(Task<IReadOnlyList<DeliveryResult>> publish, byte[] rented)
        {
            try
            {
                return await publish;
            }
            finally
            {
                // Return the array only after Redis has answered, even if the caller has timed out: the Redis client may still
                // have to write it.
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static SendResult Sum(SendResult here, IReadOnlyList<DeliveryResult> reached, in DeliveryTarget target)
    {
        var (connections, servers) = (here.Connections, here.Servers);
        List<string>? unreachable = null;
        foreach (var reach in reached)
        {
            if (reach.Connections == 0)
            {
                // A broadcast also goes to servers without connections. No connection misses the message there.
                continue;
            }

            if (!reach.HasSubscriber)
            {
                (unreachable ??= []).Add(ServerEpochName.GetServerId(reach.ServerEpoch));
            }
            else
            {
                connections += target.Only is null ? reach.Connections : 0;
                servers++;
            }
        }

        return here with { Connections = connections, Servers = servers, Unreachable = unreachable ?? [] };
    }

    private static SendResult Sum(SendResult here, IReadOnlyList<DeliveryResult> reached, IReadOnlyDictionary<string, Receipt> receipts) => here with
    {
        Connections = here.Connections + receipts.Values.Sum(r => r.Count),
        Servers = here.Servers + receipts.Values.Count(r => r.Count > 0),
        Unreachable = [.. reached.Where(r => r.HasSubscriber ? !receipts.ContainsKey(r.ServerEpoch) : r.Connections > 0).Select(r => ServerEpochName.GetServerId(r.ServerEpoch))],
    };
}
