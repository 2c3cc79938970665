using System.Globalization;
using System.Text;
using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>
/// Caches the locations of accounts that Redis has returned. A location is only found if the leases of all its server epochs are
/// certain to be running. It may still be outdated, so the caller reads the current location in the same call that uses it. Not
/// thread-safe.
/// </summary>
/// <param name="keys">The names of the channels.</param>
/// <param name="time">The clock that measures the leases. It must run at the same rate as Redis's clock.</param>
internal sealed class LocationCache(RedisKeys keys, TimeProvider time)
{
    /// <summary>
    /// The maximum number of cached accounts, about 2 MiB. When it is exceeded, the cache is cleared; later sends fill it again.
    /// </summary>
    public const int MaxAccounts = 16 * 1024;

    /// <summary>The maximum number of cached server epochs. If there are that many, most of them ended long ago.</summary>
    private const int MaxHolders = 1024;

    private readonly Dictionary<string, CachedLocation> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CachedServerEpoch> _holders = new(StringComparer.Ordinal);

    /// <summary>Finds the cached location of an account.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="now">The current timestamp.</param>
    /// <returns>The location, or <see langword="null"/> if it is not cached or a lease may have expired.</returns>
    public CachedLocation? Find(string account, long now) =>
        _places.TryGetValue(account, out var place) && place.AllLeasesRunning(now) ? place : null;

    /// <summary>
    /// Updates the location of an account. A location with a server that was not subscribed is not cached, so the next send reads
    /// it again.
    /// </summary>
    public void Update(string account, DeliveryResult[] reached)
    {
        if (_places.TryGetValue(account, out var previous) && previous.Matches(reached))
        {
            return;
        }

        if (Array.Exists(reached, static reach => !reach.HasSubscriber))
        {
            _places.Remove(account);
            return;
        }

        if (_places.Count >= MaxAccounts || _holders.Count + reached.Length > MaxHolders)
        {
            Clear();
        }

        _places[account] = new CachedLocation(reached, Array.ConvertAll(reached, reach => GetOrAddHolder(reach.ServerEpoch)));
    }

    /// <summary>Updates the lease expiry of the cached server epochs.</summary>
    /// <param name="text">The remaining lease durations, in the format of <c>send.lua</c>.</param>
    /// <param name="asked">The timestamp when the request was sent.</param>
    public void UpdateLeases(ReadOnlySpan<byte> text, long asked)
    {
        foreach (var range in text.Split((byte)';'))
        {
            var part = text[range];
            if (part.IndexOf((byte)'=') is var at and > 0 && _holders.TryGetValue(Encoding.UTF8.GetString(part[..at]), out var holder))
            {
                var remaining = long.Parse(part[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
                holder.LeaseEnd = asked + (remaining * time.TimestampFrequency / 1000);
            }
        }
    }

    /// <summary>Clears the cache.</summary>
    public void Clear()
    {
        _places.Clear();
        _holders.Clear();
    }

    private CachedServerEpoch GetOrAddHolder(string name)
    {
        if (!_holders.TryGetValue(name, out var holder))
        {
            holder = new CachedServerEpoch(name, keys.Channel(name));
            _holders[name] = holder;
        }

        return holder;
    }
}
