using System.Text.Json;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Sends requests to individual servers and waits for their replies.</summary>
internal sealed class NodeRequests(
    EnvelopeSender sender,
    LocalServer local,
    PendingReceipts receipts,
    NodeEpoch epoch,
    ScalerClusterOptions options,
    TimeProvider time)
{
    /// <summary>Requests the number and the digest of the connections that servers hold.</summary>
    /// <returns>The receipts of the servers that answered in time, by the name of the server epoch.</returns>
    public async Task<IReadOnlyDictionary<string, Receipt>> RequestInventoryAsync(
        IReadOnlyCollection<string> holders, CancellationToken cancellationToken)
    {
        using var pending = receipts.Begin();
        foreach (var holder in holders)
        {
            if (holder == epoch.Name && local.HoldsConnections)
            {
                pending.Add(holder, local.GetInventory());
            }
            else
            {
                await sender.SendToServerAsync(holder, new Envelope
                {
                    Kind = EnvelopeKind.Inventory,
                    Flags = EnvelopeFlags.Receipt,
                    Sender = epoch.Name,
                    Number = pending.Number,
                });
            }
        }

        return await pending.WaitAsync(holders, options.ReceiptTimeout, time, cancellationToken);
    }

    /// <summary>Requests that one server drains, or resumes.</summary>
    /// <returns>The server's receipt, or <see langword="null"/> if the server did not answer in time.</returns>
    public async Task<Receipt?> RequestDrainAsync(string holder, bool drain, CancellationToken cancellationToken)
    {
        if (holder == epoch.Name)
        {
            return local.SetDraining(drain);
        }

        using var pending = receipts.Begin();
        await sender.SendToServerAsync(holder, new Envelope
        {
            Kind = drain ? EnvelopeKind.Drain : EnvelopeKind.Resume,
            Flags = EnvelopeFlags.Receipt,
            Sender = epoch.Name,
            Number = pending.Number,
        });
        var answers = await pending.WaitAsync([holder], options.ReceiptTimeout, time, cancellationToken);
        return answers.TryGetValue(holder, out var answer) ? answer : null;
    }

    /// <summary>Requests the current activity of an account's connections from the servers that hold them.</summary>
    public async Task<IReadOnlyList<ConnectionActivity>> RequestActivityAsync(string account, CancellationToken cancellationToken)
    {
        var activity = new List<ConnectionActivity>(local.GetActivity(account));
        using var pending = receipts.Begin();
        var reached = await sender.PublishAsync(account, new Envelope
        {
            Kind = EnvelopeKind.Activity,
            Sender = epoch.Name,
            Number = pending.Number,
            Account = account,
        }).WaitAsync(options.SendTimeout, time, cancellationToken);
        var answers = await pending.WaitAsync(
            [.. reached.Where(r => r.HasSubscriber).Select(r => r.ServerEpoch)], options.ReceiptTimeout, time, cancellationToken);
        foreach (var answer in answers.Values)
        {
            activity.AddRange(ReadActivity(answer.Body.Span));
        }

        return activity;
    }

    private static IReadOnlyList<ConnectionActivity> ReadActivity(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ClusterJson.Default.IReadOnlyListConnectionActivity) ?? [];
        }
        catch (JsonException)
        {
            // A server with a different version of this library may use a different format.
            return [];
        }
    }
}
