using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Every key and channel that Scaler uses, and the only place that makes one. The prefix stands in braces, so that a Redis
/// Cluster keeps all of them in one slot: a script may then touch several. Channels are literal: a name with a <c>*</c> in it
/// never becomes a pattern.
/// </summary>
internal sealed class RedisKeys
{
    private readonly string _tag;

    public RedisKeys(string prefix)
    {
        _tag = "{" + prefix + "}:";
        Leases = _tag + "leases";
        Servers = _tag + "servers";
        Where = _tag + "where";
        Accounts = _tag + "accounts";
        Errors = _tag + "errors";
        Audit = _tag + "audit";
        Secret = _tag + "secret";
        ConnectionsPrefix = _tag + "conns:";
        FactsPrefix = _tag + "facts:";
        ChannelPrefix = _tag + "to:";
    }

    public RedisKey Leases { get; }

    public RedisKey Servers { get; }

    public RedisKey Where { get; }

    public RedisKey Accounts { get; }

    public RedisKey Errors { get; }

    public RedisKey Audit { get; }

    public RedisKey Secret { get; }

    public string ConnectionsPrefix { get; }

    public string FactsPrefix { get; }

    public string ChannelPrefix { get; }

    public RedisChannel ErrorsChannel => RedisChannel.Literal(_tag + "errors").WithKeyRouting();

    public RedisKey Connections(string holder) => ConnectionsPrefix + holder;

    public RedisKey Facts(string holder) => FactsPrefix + holder;

    /// <summary>
    /// The channel of a holder. In a Redis Cluster it is listened to on the node that has the keys: there the scripts publish, and count
    /// who listens.
    /// </summary>
    public RedisChannel Channel(string holder) => RedisChannel.Literal(ChannelPrefix + holder).WithKeyRouting();
}
