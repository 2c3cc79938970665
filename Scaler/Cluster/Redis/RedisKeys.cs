using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Creates every key and channel that Scaler uses; no other class does. The prefix is a hash tag in braces, so Redis Cluster
/// stores all keys in one slot. A script can therefore access several of them. Channels are literal: a name that contains
/// <c>*</c> never becomes a pattern.
/// <para>
/// A holder is a server epoch (<c>id.epoch</c>), and only its server writes its entries. Each entry therefore has one writer, and
/// the entries of a dead server are found under its name. Account names contain no control characters, so \1 terminates them.
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
        Locations = _tag + "where";
        Accounts = _tag + "accounts";
        Errors = _tag + "errors";
        ErrorsPerAccount = _tag + "errors:accounts";
        Audit = _tag + "audit";
        Secret = _tag + "secret";
        ConnectionsPrefix = _tag + "conns:";
        FactsPrefix = _tag + "facts:";
        ChannelPrefix = _tag + "to:";
    }

    /// <summary>Gets the key of the leases. HASH: holder → end of its lease, in milliseconds of Redis's clock.</summary>
    public RedisKey Leases { get; }

    /// <summary>Gets the key of the servers. HASH: holder → the server's description of itself (JSON).</summary>
    public RedisKey Servers { get; }

    /// <summary>Gets the key of the account locations. HASH: account → <c>holder=connections;holder=connections;</c>.</summary>
    public RedisKey Locations { get; }

    /// <summary>Gets the key of the sorted account names. ZSET: account, all with score 0.</summary>
    public RedisKey Accounts { get; }

    public RedisKey Errors { get; }

    /// <summary>Gets the key of the shares in the error log. HASH: account → its number of stored error events.</summary>
    public RedisKey ErrorsPerAccount { get; }

    /// <summary>Returns the key of a publisher's state. STRING: the number of its last batch of error events.</summary>
    public RedisKey PublisherBatchNumber(string publisher) => $"{_tag}errors:{publisher}";

    public RedisKey Audit { get; }

    public RedisKey Secret { get; }

    public string ConnectionsPrefix { get; }

    public string FactsPrefix { get; }

    public string ChannelPrefix { get; }

    public RedisChannel ErrorsChannel => RedisChannel.Literal(_tag + "errors").WithKeyRouting();

    /// <summary>Returns the key of a holder's connections. ZSET: <c>account\1connection</c>, all with score 0.</summary>
    public RedisKey Connections(string holder) => ConnectionsPrefix + holder;

    /// <summary>Returns the key of the metadata of a holder's connections. HASH: connection → metadata (JSON).</summary>
    public RedisKey Facts(string holder) => FactsPrefix + holder;

    /// <summary>
    /// Returns the channel of a holder. In a Redis Cluster, servers subscribe on the node that stores the keys, because the
    /// scripts publish and count the subscribers there.
    /// </summary>
    public RedisChannel Channel(string holder) => RedisChannel.Literal(ChannelPrefix + holder).WithKeyRouting();
}
