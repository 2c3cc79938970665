using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>What is remembered of a holder that accounts are at.</summary>
/// <param name="name">The holder.</param>
/// <param name="channel">Its channel.</param>
internal sealed class HolderPlace(string name, RedisChannel channel)
{
    public string Name => name;

    public string Server { get; } = HolderName.ServerOf(name);

    public RedisChannel Channel => channel;

    /// <summary>A timestamp until which its lease runs for sure.</summary>
    public long LeaseEnds { get; set; } = long.MinValue;

    /// <summary>Whether somebody listened when it was last given something.</summary>
    public bool Listened { get; set; }
}
