using System.Text.Json;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

// Requests that this process sends to individual servers.
internal sealed partial class ClusterLink
{
    /// <summary>The maximum number of connections in one reply.</summary>
    private const int MaxActivity = 1000;

    /// <summary>Requests the number and the digest of the connections that servers hold.</summary>
    /// <returns>The receipts of the servers that answered in time, by the name of the server epoch.</returns>
    public async Task<IReadOnlyDictionary<string, Receipt>> RequestInventoryAsync(IReadOnlyCollection<string> holders, CancellationToken cancellationToken)
    {
        using var pending = _receipts.Begin();
        foreach (var holder in holders)
        {
            if (holder == ServerEpoch && Local is { } local)
            {
                pending.Add(holder, local.GetInventory());
            }
            else
            {
                await SendToServerAsync(holder, new Envelope
                {
                    Kind = EnvelopeKind.Inventory,
                    Flags = EnvelopeFlags.Receipt,
                    Sender = ServerEpoch,
                    Number = pending.Number,
                });
            }
        }

        return await pending.WaitAsync(holders, options.Cluster.ReceiptTimeout, time, cancellationToken);
    }

    /// <summary>Requests that one server drains, or resumes.</summary>
    /// <returns>The server's receipt, or <see langword="null"/> if the server did not answer in time.</returns>
    public async Task<Receipt?> RequestDrainAsync(string holder, bool drain, CancellationToken cancellationToken)
    {
        if (holder == ServerEpoch)
        {
            return new Receipt(DrainRequested?.Invoke(drain) ?? -1, 0);
        }

        using var pending = _receipts.Begin();
        await SendToServerAsync(holder, new Envelope
        {
            Kind = drain ? EnvelopeKind.Drain : EnvelopeKind.Resume,
            Flags = EnvelopeFlags.Receipt,
            Sender = ServerEpoch,
            Number = pending.Number,
        });
        var answers = await pending.WaitAsync([holder], options.Cluster.ReceiptTimeout, time, cancellationToken);
        return answers.TryGetValue(holder, out var answer) ? answer : null;
    }

    /// <summary>Requests the current activity of an account's connections from the servers that hold them.</summary>
    public async Task<IReadOnlyList<ConnectionActivity>> RequestActivityAsync(string account, CancellationToken cancellationToken)
    {
        var activity = new List<ConnectionActivity>(Local?.GetActivity(account, MaxActivity) ?? []);
        using var pending = _receipts.Begin();
        var reached = await PublishAsync(account, new Envelope
        {
            Kind = EnvelopeKind.Activity,
            Sender = ServerEpoch,
            Number = pending.Number,
            Account = account,
        }).WaitAsync(options.Cluster.SendTimeout, time, cancellationToken);
        var answers = await pending.WaitAsync(
            [.. reached.Where(r => r.HasSubscriber).Select(r => r.ServerEpoch)], options.Cluster.ReceiptTimeout, time, cancellationToken);
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
