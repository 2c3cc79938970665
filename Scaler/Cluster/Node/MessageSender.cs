using System.Diagnostics;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>
/// Sends messages to connections on all servers. Local connections are served first and directly; the message bus reaches the
/// other servers. No send waits longer than the timeouts in the options.
/// </summary>
internal sealed class MessageSender(
    EnvelopeSender sender,
    LocalServer local,
    PendingReceipts receipts,
    NodeEpoch epoch,
    IServerRegistry registry,
    ScalerClusterOptions options,
    TimeProvider time)
{
    /// <summary>Sends a message, or a request to disconnect, to connections on all servers.</summary>
    /// <param name="kind">The kind of the envelope.</param>
    /// <param name="target">The addressed connections.</param>
    /// <param name="payload">The message, or empty for a request to disconnect.</param>
    /// <param name="flags">The format of the message and the options of the send: binary, volatile, with receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    public async Task<SendResult> SendAsync(
        EnvelopeKind kind, DeliveryTarget target, ReadOnlyMemory<byte> payload, EnvelopeFlags flags,
        CancellationToken cancellationToken)
    {
        var here = kind == EnvelopeKind.Disconnect
            ? local.Disconnect(target)
            : local.Deliver(target, payload.Span, flags);
        var result = new SendResult { Connections = here, Servers = here > 0 ? 1 : 0 };
        if (target.Only is not null && here > 0)
        {
            return result;
        }

        if (!registry.IsConnected)
        {
            return result with { ClusterReached = false };
        }

        using var pending = flags.HasFlag(EnvelopeFlags.Receipt) ? receipts.Begin() : null;
        var envelope = new Envelope
        {
            Kind = kind,
            Flags = flags | (target.Except is null ? 0 : EnvelopeFlags.Except),
            Sender = epoch.Name,
            Number = pending?.Number ?? 0,
            Account = target.Account ?? "",
            ConnectionId = target.Except ?? target.Only ?? "",
            Trace = Activity.Current?.Context ?? default,
            Payload = payload,
        };

        IReadOnlyList<DeliveryResult> reached;
        try
        {
            reached = await sender.PublishAsync(target.Account, envelope)
                .WaitAsync(options.SendTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (RedisFailure.Is(exception, cancellationToken))
        {
            return result with { ClusterReached = false };
        }

        return pending is null
            ? Sum(result, reached, target)
            : Sum(result, reached, await pending.WaitAsync(
                [.. reached.Where(r => r.HasSubscriber).Select(r => r.ServerEpoch)],
                options.ReceiptTimeout, time, cancellationToken));
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

    private static SendResult Sum(
        SendResult here, IReadOnlyList<DeliveryResult> reached, IReadOnlyDictionary<string, Receipt> receipts)
    {
        var unreachable = reached
            .Where(r => r.HasSubscriber ? !receipts.ContainsKey(r.ServerEpoch) : r.Connections > 0)
            .Select(r => ServerEpochName.GetServerId(r.ServerEpoch));
        return here with
        {
            Connections = here.Connections + receipts.Values.Sum(r => r.Count),
            Servers = here.Servers + receipts.Values.Count(r => r.Count > 0),
            Unreachable = [.. unreachable],
        };
    }
}
