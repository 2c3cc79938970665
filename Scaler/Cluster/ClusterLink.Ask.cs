using System.Text.Json;

namespace Scaler.Cluster;

// What this process asks of single servers.
internal sealed partial class ClusterLink
{
    /// <summary>How many connections one answer tells of.</summary>
    private const int MostActivity = 1000;

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
}
