using Scaler.Cluster.Abstractions;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>
/// Publishes envelopes to accounts with cached locations in one pipelined call. The call needs no script, which is most of the
/// cost of a send in Redis. It reads the current locations of the accounts, and publishes the envelopes to the cached server
/// epochs. All envelopes for one server epoch are packed into one message, or a few. The reply shows which server epochs were
/// missed.
/// </summary>
internal sealed class PipelinedPublish
{
    private readonly List<PendingPublish> _entries;
    private readonly CachedLocation[] _places;
    private readonly List<PublishBatch> _batches = [];

    private PipelinedPublish(List<PendingPublish> entries, CachedLocation[] places) => (_entries, _places) = (entries, places);

    /// <summary>Creates a call for entries.</summary>
    /// <returns>
    /// The call, or <see langword="null"/> if an entry is not for an account or the location of its account is not cached.
    /// </returns>
    public static PipelinedPublish? TryCreate(List<PendingPublish> entries, LocationCache places, long now)
    {
        var found = new CachedLocation[entries.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (entries[i].Kind != PendingPublish.ToAccount || places.Find(entries[i].Name, now) is not { } place)
            {
                return null;
            }

            found[i] = place;
        }

        return new PipelinedPublish(entries, found);
    }

    /// <summary>Sends the call.</summary>
    /// <returns>The current location of each entry's account, as stored in Redis.</returns>
    public async Task<RedisValue[]> SendAsync(IDatabase database, RedisKey where)
    {
        var accounts = new RedisValue[_entries.Count];
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i] = _entries[i].Name;
            foreach (var holder in _places[i].Epochs)
            {
                GetBatch(holder, _entries[i].Envelope).Add(_entries[i].Envelope);
            }
        }

        // Send one pipeline, and to the primary as a script would: a replica may lag behind the primary.
        var pipeline = database.CreateBatch();
        var locations = pipeline.HashGetAsync(where, accounts, CommandFlags.DemandMaster);
        var publishes = new Task<long>[_batches.Count];
        try
        {
            for (var i = 0; i < publishes.Length; i++)
            {
                publishes[i] = pipeline.PublishAsync(_batches[i].Target.Channel, _batches[i].ToMessage(), CommandFlags.DemandMaster);
            }

            pipeline.Execute();
            var listeners = await Task.WhenAll(publishes);
            for (var i = 0; i < listeners.Length; i++)
            {
                _batches[i].Target.HadSubscriber = listeners[i] > 0;
            }

            return await locations;
        }
        finally
        {
            _batches.ForEach(static batch => batch.Return());
        }
    }

    /// <summary>Compares the cached location of an entry's account with the current one.</summary>
    /// <param name="i">The index of the entry.</param>
    /// <param name="held">The current location of the entry's account.</param>
    /// <returns>The server epochs that the envelope was published to, and those that were missed.</returns>
    public (IReadOnlyList<DeliveryResult> Reached, IReadOnlyList<DeliveryResult> Missed) Compare(int i, DeliveryResult[] held)
    {
        var place = _places[i];
        if (place.Matches(held) && place.AllHadSubscriber())
        {
            return (held, []);
        }

        List<DeliveryResult> reached = [], missed = [];
        foreach (var holder in held)
        {
            // A server with a new epoch holds its connections under a new name. It may briefly be subscribed under both names.
            if (place.FindServer(ServerEpochName.GetServerId(holder.ServerEpoch)) is { } target && (target.Name == holder.ServerEpoch || target.HadSubscriber))
            {
                reached.Add(holder with { HasSubscriber = target.HadSubscriber });
            }
            else
            {
                missed.Add(holder);
            }
        }

        return (reached, missed);
    }

    private PublishBatch GetBatch(CachedServerEpoch holder, ReadOnlyMemory<byte> envelope)
    {
        // Add only to the last batch of a server epoch, to preserve the order of its envelopes.
        for (var i = _batches.Count - 1; i >= 0; i--)
        {
            if (_batches[i].Target == holder)
            {
                if (_batches[i].Fits(envelope))
                {
                    return _batches[i];
                }

                break;
            }
        }

        var created = new PublishBatch(holder);
        _batches.Add(created);
        return created;
    }
}
