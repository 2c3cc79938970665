using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>Represents the cached location of an account: the server epochs that hold its connections.</summary>
/// <param name="Results">The location as last read from Redis.</param>
/// <param name="Epochs">The cached state of the same server epochs, in the same order.</param>
internal sealed record CachedLocation(DeliveryResult[] Results, CachedServerEpoch[] Epochs)
{
    /// <summary>Returns <see langword="true"/> if the location equals the one that was just read.</summary>
    public bool Matches(DeliveryResult[] reached) => ReferenceEquals(Results, reached) || Results.AsSpan().SequenceEqual(reached);

    /// <summary>Returns the server epoch of the given server, or <see langword="null"/> if there is none.</summary>
    public CachedServerEpoch? FindServer(string server)
    {
        foreach (var holder in Epochs)
        {
            if (holder.ServerId == server)
            {
                return holder;
            }
        }

        return null;
    }

    /// <summary>Returns <see langword="true"/> if the last publish to each server epoch had a subscriber.</summary>
    public bool AllHadSubscriber()
    {
        foreach (var holder in Epochs)
        {
            if (!holder.HadSubscriber)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns <see langword="true"/> if the leases of all server epochs are certain to be running.</summary>
    public bool AllLeasesRunning(long now)
    {
        foreach (var holder in Epochs)
        {
            if (holder.LeaseEnd <= now)
            {
                return false;
            }
        }

        return true;
    }
}
