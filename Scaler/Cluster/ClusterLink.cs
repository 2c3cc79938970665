using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>
/// How this process speaks with the cluster: it sends, and receives what others send. It serves its own connections first and
/// directly; the bus is for the others. Nothing here waits longer than the options allow.
/// </summary>
internal sealed class ClusterLink(
    IServerRegistry registry, IMessageBus bus, ScalerOptions options, TimeProvider time, ScalerMetrics metrics)
{
    /// <summary>How many connections one answer tells of.</summary>
    private const int MostActivity = 1000;

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

    /// <summary>Asks servers what they hold.</summary>
    /// <returns>What each said that answered in time.</returns>
    public async Task<IReadOnlyDictionary<string, Receipt>> AskInventoryAsync(IReadOnlyCollection<string> holders, CancellationToken cancellationToken)
    {
        using var pending = _receipts.Begin();
        foreach (var holder in holders)
        {
            if (holder == Holder && Local is { } local)
            {
                pending.Add(holder, local.TakeInventory());
            }
            else
            {
                await TellAsync(holder, new Envelope
                {
                    Kind = EnvelopeKind.Inventory,
                    Flags = EnvelopeFlags.Receipt,
                    Sender = Holder,
                    Number = pending.Number,
                });
            }
        }

        return await pending.WaitAsync(holders, options.Cluster.ReceiptTimeout, time, cancellationToken);
    }

    /// <summary>Asks one server to drain, or no longer to.</summary>
    /// <returns>What it answered, or null where it did not in time.</returns>
    public async Task<Receipt?> AskDrainAsync(string holder, bool drain, CancellationToken cancellationToken)
    {
        if (holder == Holder)
        {
            return new Receipt(DrainRequested?.Invoke(drain) ?? -1, 0);
        }

        using var pending = _receipts.Begin();
        await TellAsync(holder, new Envelope
        {
            Kind = drain ? EnvelopeKind.Drain : EnvelopeKind.Resume,
            Flags = EnvelopeFlags.Receipt,
            Sender = Holder,
            Number = pending.Number,
        });
        var answers = await pending.WaitAsync([holder], options.Cluster.ReceiptTimeout, time, cancellationToken);
        return answers.TryGetValue(holder, out var answer) ? answer : null;
    }

    /// <summary>Asks the servers that hold an account how its connections are.</summary>
    public async Task<IReadOnlyList<ConnectionActivity>> AskActivityAsync(string account, CancellationToken cancellationToken)
    {
        var activity = new List<ConnectionActivity>(Local?.TakeActivity(account, MostActivity) ?? []);
        using var pending = _receipts.Begin();
        var reached = await GiveAsync(account, new Envelope
        {
            Kind = EnvelopeKind.Activity,
            Sender = Holder,
            Number = pending.Number,
            Account = account,
        }).WaitAsync(options.Cluster.SendTimeout, time, cancellationToken);
        var answers = await pending.WaitAsync(
            [.. reached.Where(r => r.Listening).Select(r => r.Holder)], options.Cluster.ReceiptTimeout, time, cancellationToken);
        foreach (var answer in answers.Values)
        {
            activity.AddRange(ReadActivity(answer.Body.Span));
        }

        return activity;
    }

    /// <summary>Receives what the bus brings. It never waits: a client that does not keep up has a queue of its own.</summary>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        var error = EnvelopeCodec.TryRead(bytes, _secret, out var envelope);
        if (error != EnvelopeError.None)
        {
            metrics.EnvelopeSkipped(error.ToString());
            return;
        }

        metrics.EnvelopeReceived(envelope.Kind.ToString());
        switch (envelope.Kind)
        {
            case EnvelopeKind.Receipt:
                _receipts.Arrived(
                    envelope.Number,
                    envelope.Sender,
                    new Receipt(envelope.Count, envelope.Payload.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(envelope.Payload.Span) : 0));
                break;
            case EnvelopeKind.Answer:
                // The payload borrows what it was read from.
                _receipts.Arrived(envelope.Number, envelope.Sender, new Receipt(envelope.Count, 0, envelope.Payload.ToArray()));
                break;
            case EnvelopeKind.Activity:
                _ = TellAsync(envelope.Sender, new Envelope
                {
                    Kind = EnvelopeKind.Answer,
                    Sender = Holder,
                    Number = envelope.Number,
                    Payload = JsonSerializer.SerializeToUtf8Bytes(
                        Local?.TakeActivity(envelope.Account, MostActivity) ?? [], ClusterJson.Default.IReadOnlyListConnectionActivity),
                });
                break;
            case EnvelopeKind.Probe:
                ProbeReturned?.Invoke(envelope.Number);
                break;
            default:
                var receipt = Act(envelope);
                if (envelope.Flags.HasFlag(EnvelopeFlags.Receipt))
                {
                    _ = TellReceiptAsync(envelope.Sender, envelope.Number, receipt);
                }

                break;
        }
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

    private Task<bool> TellReceiptAsync(string holder, long number, Receipt receipt)
    {
        var payload = receipt.Digest == 0 ? [] : new byte[sizeof(ulong)];
        if (payload.Length > 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(payload, receipt.Digest);
        }

        return TellAsync(holder, new Envelope
        {
            Kind = EnvelopeKind.Receipt,
            Sender = Holder,
            Number = number,
            Count = receipt.Count,
            Payload = payload,
        });
    }

    private Receipt Act(in Envelope envelope)
    {
        if (Local is not { } local)
        {
            return default;
        }

        switch (envelope.Kind)
        {
            case EnvelopeKind.Inventory:
                return local.TakeInventory();
            case EnvelopeKind.Drain or EnvelopeKind.Resume:
                return new Receipt(DrainRequested?.Invoke(envelope.Kind == EnvelopeKind.Drain) ?? -1, 0);
        }

        var except = envelope.Flags.HasFlag(EnvelopeFlags.Except);
        var named = envelope.ConnectionId.Length == 0 ? null : envelope.ConnectionId;
        var target = new DeliveryTarget(
            envelope.Kind == EnvelopeKind.Broadcast ? null : envelope.Account, except ? null : named, except ? named : null);
        if (envelope.Kind == EnvelopeKind.Disconnect)
        {
            return new Receipt(local.Disconnect(target), 0);
        }

        using var activity = envelope.Trace == default
            ? null
            : ScalerMetrics.Activities.StartActivity("scaler.deliver", ActivityKind.Consumer, envelope.Trace);
        var count = DeliverHere(target, envelope.Payload.Span, envelope.Flags.HasFlag(EnvelopeFlags.Binary));
        if (Clock.Since(envelope.Count) is { } microseconds)
        {
            metrics.DeliveryTook(microseconds);
        }

        return new Receipt(count, 0);
    }

    private static IReadOnlyList<ConnectionActivity> ReadActivity(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ClusterJson.Default.IReadOnlyListConnectionActivity) ?? [];
        }
        catch (JsonException)
        {
            // Of a version of this library that writes it otherwise.
            return [];
        }
    }

    private int DeliverHere(in DeliveryTarget target, ReadOnlySpan<byte> payload, bool isBinary)
    {
        var count = Local?.Deliver(target, payload, isBinary) ?? 0;
        metrics.MessagesDelivered(count);
        return count;
    }

    private async Task<IReadOnlyList<Reach>> GiveAsync(string? account, Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        try
        {
            var bytes = rented.AsMemory(0, length);
            return account is null ? await bus.BroadcastAsync(Holder, bytes) : await bus.SendAsync(account, Holder, bytes);
        }
        finally
        {
            // Not before Redis has answered: until then the client may still have to write it.
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static SendResult Sum(SendResult here, IReadOnlyList<Reach> reached, in DeliveryTarget target)
    {
        var (connections, servers) = (here.Connections, here.Servers);
        List<string>? unreachable = null;
        foreach (var reach in reached)
        {
            if (!reach.Listening)
            {
                (unreachable ??= []).Add(HolderName.ServerOf(reach.Holder));
            }
            else if (reach.Connections > 0)
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
        Unreachable = [.. reached.Where(r => !r.Listening || !receipts.ContainsKey(r.Holder)).Select(r => HolderName.ServerOf(r.Holder))],
    };
}
