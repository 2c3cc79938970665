using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Every key and channel that Scaler uses, and the only place that makes one. The prefix stands in braces, so that a Redis
/// Cluster keeps all of them in one slot: a script may then touch several. Channels are literal: a name with a <c>*</c> in it
/// never becomes a pattern.
/// <para>
/// A holder is one life of one server, and only that server writes entries of it; so each entry has one writer, and what a dead server
/// left behind is found under its own name. Names of accounts have no control characters, so \1 ends them.
/// </para>
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

    /// <summary>HASH: holder → when its lease ends, in milliseconds of Redis's clock.</summary>
    public RedisKey Leases { get; }

    /// <summary>HASH: holder → what the server says of itself (JSON).</summary>
    public RedisKey Servers { get; }

    /// <summary>HASH: account → <c>holder=connections;holder=connections;</c>.</summary>
    public RedisKey Where { get; }

    /// <summary>ZSET: account, all of score 0: a sorted list of names.</summary>
    public RedisKey Accounts { get; }

    public RedisKey Errors { get; }

    /// <summary>STRING: the number of the last error events that a publisher gave.</summary>
    public RedisKey ErrorsOf(string publisher) => $"{_tag}errors:{publisher}";

    public RedisKey Audit { get; }

    public RedisKey Secret { get; }

    public string ConnectionsPrefix { get; }

    public string FactsPrefix { get; }

    public string ChannelPrefix { get; }

    public RedisChannel ErrorsChannel => RedisChannel.Literal(_tag + "errors").WithKeyRouting();

    /// <summary>ZSET: <c>account\1connection</c>, all of score 0.</summary>
    public RedisKey Connections(string holder) => ConnectionsPrefix + holder;

    /// <summary>HASH: connection → what is known of it (JSON).</summary>
    public RedisKey Facts(string holder) => FactsPrefix + holder;

    /// <summary>
    /// The channel of a holder. In a Redis Cluster it is listened to on the node that has the keys: there the scripts publish, and count
    /// who listens.
    /// </summary>
    public RedisChannel Channel(string holder) => RedisChannel.Literal(ChannelPrefix + holder).WithKeyRouting();
}
