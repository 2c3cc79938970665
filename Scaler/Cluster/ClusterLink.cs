using System.Buffers;
using System.Diagnostics;
using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>
/// How this process speaks with the cluster: it sends, and receives what others send. It serves its own connections first and
/// directly; the bus is for the others. Nothing here waits longer than the options allow.
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

    /// <summary>The connections of this process; null where it holds none.</summary>
    public ILocalDelivery? Local { get; set; }

    /// <summary>The holder under which this process sends and listens.</summary>
    public string Holder { get; set; } = HolderName.Of("outside-" + Guid.NewGuid().ToString("N")[..12], 0);

    /// <summary>
    /// Called when an operator asks this server to drain, or no longer to; says how many connections there are, or -1 where it can't be
    /// done. Null where nobody can do it. It must not wait.
    /// </summary>
    public Func<bool, int>? DrainRequested { get; set; }

    /// <summary>Called when a probe of the bus has come back.</summary>
    public Action<long>? ProbeReturned { get; set; }

    /// <summary>
    /// Takes the cluster's secret from Redis, where none is configured. Once agreed on, it is also what this process proposes: where
    /// Redis has lost it, the servers that know it bring it back, and one that joins later is told the same.
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
            Sender = Holder,
            Number = pending?.Number ?? 0,
            Count = kind == EnvelopeKind.Disconnect ? 0 : Clock.Stamp,
            Account = target.Account ?? "",
            ConnectionId = target.Except ?? target.Only ?? "",
            Trace = Activity.Current?.Context ?? default,
            Payload = payload,
        };

        IReadOnlyList<Reach> reached;
        try
        {
            reached = await GiveAsync(target.Account, envelope).WaitAsync(options.Cluster.SendTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return result with { ClusterReached = false };
        }

        return pending is null
            ? Sum(result, reached, target)
            : Sum(result, reached, await pending.WaitAsync(
                [.. reached.Where(r => r.Listening).Select(r => r.Holder)], options.Cluster.ReceiptTimeout, time, cancellationToken));
    }

    /// <summary>Gives one holder an envelope. What goes wrong is the receiver's loss only: it counts as not listening.</summary>
    public async Task<bool> TellAsync(string holder, Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        try
        {
            return await bus.TellAsync(holder, rented.AsMemory(0, length));
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

    private Task<IReadOnlyList<Reach>> GiveAsync(string? account, in Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        var bytes = rented.AsMemory(0, length);
        return ReturnAsync(account is null ? bus.BroadcastAsync(Holder, bytes) : bus.SendAsync(account, Holder, bytes), rented);

        static async Task<IReadOnlyList<Reach>> ReturnAsync(Task<IReadOnlyList<Reach>> given, byte[] rented)
        {
            try
            {
                return await given;
            }
            finally
            {
                // Not before Redis has answered, whoever has given up by then: until that the client may still have to write it.
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static SendResult Sum(SendResult here, IReadOnlyList<Reach> reached, in DeliveryTarget target)
    {
        var (connections, servers) = (here.Connections, here.Servers);
        List<string>? unreachable = null;
        foreach (var reach in reached)
        {
            if (reach.Connections == 0)
            {
                // A broadcast goes to servers without a connection too: nothing is lost there.
                continue;
            }

            if (!reach.Listening)
            {
                (unreachable ??= []).Add(HolderName.ServerOf(reach.Holder));
            }
            else
            {
                connections += target.Only is null ? reach.Connections : 0;
                servers++;
            }
        }

        return here with { Connections = connections, Servers = servers, Unreachable = unreachable ?? [] };
    }

    private static SendResult Sum(SendResult here, IReadOnlyList<Reach> reached, IReadOnlyDictionary<string, Receipt> receipts) => here with
    {
        Connections = here.Connections + receipts.Values.Sum(r => r.Count),
        Servers = here.Servers + receipts.Values.Count(r => r.Count > 0),
        Unreachable = [.. reached.Where(r => r.Listening ? !receipts.ContainsKey(r.Holder) : r.Connections > 0).Select(r => HolderName.ServerOf(r.Holder))],
    };
}
