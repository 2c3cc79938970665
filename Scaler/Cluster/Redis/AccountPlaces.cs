using System.Globalization;
using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Remembers where accounts are, from what Redis has answered: only those are found all of whose holders have a lease that runs for
/// sure. What is found may be out of date all the same; whoever uses it asks in the same call. Used by one thread at a time.
/// </summary>
/// <param name="keys">The names of channels.</param>
/// <param name="time">What the leases are measured by. It has to run as Redis's clock does.</param>
internal sealed class AccountPlaces(RedisKeys keys, TimeProvider time)
{
    /// <summary>How many accounts are remembered: some 2 MiB. Where there are more, all are forgotten, and those that are sent to come again.</summary>
    public const int MostAccounts = 16 * 1024;

    /// <summary>How many holders; each life of a server is one, and most of many are long over.</summary>
    private const int MostHolders = 1024;

    private readonly Dictionary<string, AccountPlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HolderPlace> _holders = new(StringComparer.Ordinal);

    /// <summary>Finds where an account is.</summary>
    /// <param name="account">The account.</param>
    /// <param name="now">The timestamp of now.</param>
    public AccountPlace? Find(string account, long now) =>
        _places.TryGetValue(account, out var place) && place.AllLive(now) ? place : null;

    /// <summary>Remembers where an account is. Where somebody does not listen, Redis is asked the next time too.</summary>
    public void Learn(string account, Reach[] reached)
    {
        if (_places.TryGetValue(account, out var former) && former.Is(reached))
        {
            return;
        }

        if (Array.Exists(reached, static reach => !reach.Listening))
        {
            _places.Remove(account);
            return;
        }

        if (_places.Count >= MostAccounts || _holders.Count + reached.Length > MostHolders)
        {
            Clear();
        }

        _places[account] = new AccountPlace(reached, Array.ConvertAll(reached, reach => Holder(reach.Holder)));
    }

    /// <summary>Remembers until when the leases of holders run that accounts are known to be at.</summary>
    /// <param name="text">For how long they do, as <c>Scripts/send.lua</c> says it.</param>
    /// <param name="asked">The timestamp of the question.</param>
    public void LearnLeases(ReadOnlySpan<byte> text, long asked)
    {
        foreach (var range in text.Split((byte)';'))
        {
            var part = text[range];
            if (part.IndexOf((byte)'=') is var at and > 0 && _holders.TryGetValue(Encoding.UTF8.GetString(part[..at]), out var holder))
            {
                var left = long.Parse(part[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
                holder.LeaseEnds = asked + (left * time.TimestampFrequency / 1000);
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _places.Clear();
        _holders.Clear();
    }

    private HolderPlace Holder(string name)
    {
        if (!_holders.TryGetValue(name, out var holder))
        {
            holder = new HolderPlace(name, keys.Channel(name));
            _holders[name] = holder;
        }

        return holder;
    }
}
