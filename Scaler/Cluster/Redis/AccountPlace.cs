namespace Scaler.Cluster.Redis;

/// <summary>Represents the cached location of an account: the server epochs that hold its connections.</summary>
/// <param name="Reached">The location as last read from Redis.</param>
/// <param name="Holders">The cached state of the same server epochs, in the same order.</param>
internal sealed record AccountPlace(Reach[] Reached, HolderPlace[] Holders)
{
    /// <summary>Returns <see langword="true"/> if the location equals the one that was just read.</summary>
    public bool Is(Reach[] reached) => ReferenceEquals(Reached, reached) || Reached.AsSpan().SequenceEqual(reached);

    /// <summary>Returns the server epoch of the given server, or <see langword="null"/> if there is none.</summary>
    public HolderPlace? Of(string server)
    {
        foreach (var holder in Holders)
        {
            if (holder.Server == server)
            {
                return holder;
            }
        }

        return null;
    }

    /// <summary>Returns <see langword="true"/> if the last publish to each server epoch had a subscriber.</summary>
    public bool AllListened()
    {
        foreach (var holder in Holders)
        {
            if (!holder.Listened)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns <see langword="true"/> if the leases of all server epochs are certain to be running.</summary>
    public bool AllLive(long now)
    {
        foreach (var holder in Holders)
        {
            if (holder.LeaseEnds <= now)
            {
                return false;
            }
        }

        return true;
    }
}
