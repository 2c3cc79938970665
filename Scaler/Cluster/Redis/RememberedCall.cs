using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Sends to accounts in one call that needs no script, which is most of what a send costs Redis: it asks where the accounts are, and gives
/// the envelopes to the holders that were remembered, all of a holder's in one message, or few. The answer says who was not among them.
/// </summary>
internal sealed class RememberedCall
{
    private readonly List<BusEntry> _entries;
    private readonly AccountPlace[] _places;
    private readonly List<Parcel> _parcels = [];

    private RememberedCall(List<BusEntry> entries, AccountPlace[] places) => (_entries, _places) = (entries, places);

    /// <summary>Makes a call of entries.</summary>
    /// <returns>Null where one is not for an account, or for one of which it is not known where it is.</returns>
    public static RememberedCall? TryMake(List<BusEntry> entries, AccountPlaces places, long now)
    {
        var found = new AccountPlace[entries.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (entries[i].Kind != BusEntry.ToAccount || places.Find(entries[i].Name, now) is not { } place)
            {
                return null;
            }

            found[i] = place;
        }

        return new RememberedCall(entries, found);
    }

    /// <summary>Sends.</summary>
    /// <returns>What Redis says of where each account is.</returns>
    public async Task<RedisValue[]> SendAsync(IDatabase database, RedisKey where)
    {
        var accounts = new RedisValue[_entries.Count];
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i] = _entries[i].Name;
            foreach (var holder in _places[i].Holders)
            {
                ParcelTo(holder, _entries[i].Envelope).Add(_entries[i].Envelope);
            }
        }

        // One write, and on its primary, as a script would: a replica may not know yet what the primary does.
        var batch = database.CreateBatch();
        var held = batch.HashGetAsync(where, accounts, CommandFlags.DemandMaster);
        var given = new Task<long>[_parcels.Count];
        try
        {
            for (var i = 0; i < given.Length; i++)
            {
                given[i] = batch.PublishAsync(_parcels[i].To.Channel, _parcels[i].Pack(), CommandFlags.DemandMaster);
            }

            batch.Execute();
            var listeners = await Task.WhenAll(given);
            for (var i = 0; i < listeners.Length; i++)
            {
                _parcels[i].To.Listened = listeners[i] > 0;
            }

            return await held;
        }
        finally
        {
            _parcels.ForEach(static parcel => parcel.Return());
        }
    }

    /// <summary>Says what an entry reached, and whom it should have been given too.</summary>
    /// <param name="i">Which entry.</param>
    /// <param name="held">Who holds its account.</param>
    public (IReadOnlyList<Reach> Reached, IReadOnlyList<Reach> Missed) Compare(int i, Reach[] held)
    {
        var place = _places[i];
        if (place.Is(held) && place.AllListened())
        {
            return (held, []);
        }

        List<Reach> reached = [], missed = [];
        foreach (var holder in held)
        {
            // A server that has started over holds its connections under another name, and may listen under both for a moment.
            if (place.Of(HolderName.ServerOf(holder.Holder)) is { } given && (given.Name == holder.Holder || given.Listened))
            {
                reached.Add(holder with { Listening = given.Listened });
            }
            else
            {
                missed.Add(holder);
            }
        }

        return (reached, missed);
    }

    private Parcel ParcelTo(HolderPlace holder, ReadOnlyMemory<byte> envelope)
    {
        // The last one that it has, or they would change places.
        for (var i = _parcels.Count - 1; i >= 0; i--)
        {
            if (_parcels[i].To == holder)
            {
                if (_parcels[i].Fits(envelope))
                {
                    return _parcels[i];
                }

                break;
            }
        }

        var made = new Parcel(holder);
        _parcels.Add(made);
        return made;
    }
}
