namespace Scaler.Cluster.Redis;

/// <summary>Where an account was when Redis last said so.</summary>
/// <param name="Reached">As it was read.</param>
/// <param name="Holders">The same holders, in the same order.</param>
internal sealed record AccountPlace(Reach[] Reached, HolderPlace[] Holders)
{
    /// <summary>Whether it is what was read now, too.</summary>
    public bool Is(Reach[] reached) => ReferenceEquals(Reached, reached) || Reached.AsSpan().SequenceEqual(reached);

    /// <summary>The holder that is a life of a server, if there is one.</summary>
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

    /// <summary>Whether all of them listened when they were last given something.</summary>
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

    /// <summary>Whether all of their leases run.</summary>
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
