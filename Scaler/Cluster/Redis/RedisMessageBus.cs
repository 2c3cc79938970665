using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// The bus on Redis's publish and subscribe: one channel for each holder. Whatever is sent takes one way, and in groups
/// (<see cref="GroupCommit{T}"/>), so that nothing overtakes anything.
/// </summary>
internal sealed class RedisMessageBus : IMessageBus
{
    private readonly IConnectionMultiplexer _redis;
    private readonly IDatabase _database;
    private readonly RedisKeys _keys;
    private readonly RedisKey[] _scriptKeys;
    private readonly ScalerMetrics _metrics;
    private readonly int _backlog;
    private readonly ScalerRedisOptions _options;
    private readonly GroupCommit<BusEntry> _sends;
    private readonly ReachReader _reached = new();
    private volatile string _sender = "";

    /// <summary>Creates the bus.</summary>
    /// <param name="redis">The client.</param>
    /// <param name="keys">The names of keys and channels.</param>
    /// <param name="metrics">Where it is counted what is passed over.</param>
    /// <param name="backlog">How many envelopes may have come without being received yet; where there are more, the oldest are passed over.</param>
    /// <param name="options">How a further connection is made.</param>
    public RedisMessageBus(
        IConnectionMultiplexer redis, RedisKeys keys, ScalerMetrics metrics, int backlog = 100_000, ScalerRedisOptions? options = null)
    {
        (_redis, _database, _keys, _metrics, _backlog, _options) = (redis, redis.GetDatabase(), keys, metrics, backlog, options ?? new ScalerRedisOptions());
        _scriptKeys = [keys.Leases, keys.Where];
        _sends = new GroupCommit<BusEntry>(CommitAsync, static (former, next) => former.Sender == next.Sender);
    }

    public Task<IReadOnlyList<Reach>> SendAsync(string account, string sender, ReadOnlyMemory<byte> envelope) =>
        Add(BusEntry.ToAccount, account, _sender = sender, envelope);

    public Task<IReadOnlyList<Reach>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope) =>
        Add(BusEntry.ToAll, "", _sender = sender, envelope);

    // It has no sender, and so takes the one that what is before and behind it has too.
    public async Task<bool> TellAsync(string holder, ReadOnlyMemory<byte> envelope) =>
        (await Add(BusEntry.ToHolder, holder, _sender, envelope))[0].Listening;

    public async Task<IAsyncDisposable> ListenAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool anew)
    {
        // A connection can be dead without a word for as long as it takes TCP, or the client, to notice. A new one need not wait for that.
        // The certificates are not in the text of the configuration.
        var own = anew ? await ConnectionMultiplexer.ConnectAsync(_options.Parse(_redis.Configuration)) : null;
        try
        {
            // A queue, not a handler: the client runs handlers side by side, and order would be lost.
            var queue = await (own ?? _redis).GetSubscriber().SubscribeAsync(_keys.Channel(holder));
            queue.OnMessage(message =>
            {
                if (queue.TryGetCount(out var waiting) && waiting > _backlog)
                {
                    _metrics.EnvelopeSkipped("Backlog");
                    return;
                }

                receive((byte[]?)message.Message);
            });
            return new Subscription(queue, own);
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    private Task<IReadOnlyList<Reach>> Add(char kind, string name, string sender, ReadOnlyMemory<byte> envelope)
    {
        var entry = new BusEntry(kind, name, sender, envelope);
        _sends.Add(entry);
        return entry.Task;
    }

    private async Task CommitAsync(List<BusEntry> entries)
    {
        var values = new RedisValue[4 + (2 * entries.Count)];
        (values[0], values[1], values[2], values[3]) = (entries[0].Sender, _keys.ChannelPrefix, _keys.ConnectionsPrefix, Kinds(entries));
        for (var i = 0; i < entries.Count; i++)
        {
            values[4 + i] = entries[i].Name;
            values[4 + entries.Count + i] = entries[i].Envelope;
        }

        var answer = (byte[])(await _database.ScriptEvaluateAsync(RedisScript.Send, _scriptKeys, values))!;
        var at = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var end = Array.IndexOf(answer, (byte)'\n', at);
            entries[i].TrySetResult(_reached.Read(answer.AsSpan(at..end)));
            at = end + 1;
        }
    }

    private static RedisValue Kinds(List<BusEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind != BusEntry.ToAccount)
            {
                return string.Create(entries.Count, entries, static (kinds, entries) =>
                {
                    for (var i = 0; i < kinds.Length; i++)
                    {
                        kinds[i] = entries[i].Kind;
                    }
                });
            }
        }

        return RedisValue.EmptyString;
    }

    private sealed class Subscription(ChannelMessageQueue queue, ConnectionMultiplexer? own) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // Without waiting: over a dead connection there is no answer. The client forgets the subscription all the same.
                await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
            }
            catch (RedisException)
            {
                // With Redis away there is nothing to unsubscribe from.
            }

            if (own is not null)
            {
                await own.DisposeAsync();
            }
        }
    }
}
