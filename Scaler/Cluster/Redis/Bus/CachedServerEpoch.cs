using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>Represents the cached state of a server epoch that holds connections of cached accounts.</summary>
/// <param name="name">The name of the server epoch.</param>
/// <param name="channel">The channel of the server epoch.</param>
internal sealed class CachedServerEpoch(string name, RedisChannel channel)
{
    public string Name => name;

    public string ServerId { get; } = ServerEpochName.GetServerId(name);

    public RedisChannel Channel => channel;

    /// <summary>Gets or sets the timestamp until which the lease is certain to run.</summary>
    public long LeaseEnd { get; set; } = long.MinValue;

    /// <summary>Gets or sets a value indicating whether the last publish to the channel had a subscriber.</summary>
    public bool HadSubscriber { get; set; }
}
