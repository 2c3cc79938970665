using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// The bus on Redis's publish and subscribe: one channel for each holder. Whatever is sent takes one way, and in groups
/// (<see cref="GroupCommit{T}"/>), so that nothing overtakes anything.
/// <para>
/// A call is one of two. The script finds the holders of an account and gives them the envelope. Where all accounts of a call were found before,
/// and all leases there run, their holders are given it without the script, and Redis is asked in the same call where the accounts
/// are (<see cref="RememberedCall"/>): who was missed is given it by the next. One call is under way at a time, so that nothing comes between.
/// </para>
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
    private readonly ReachReader _reader = new();
    private readonly AccountPlaces _places;
    private readonly TimeProvider _time;
    private volatile string _sender = "";

    /// <summary>Creates the bus.</summary>
    /// <param name="redis">The client.</param>
    /// <param name="keys">The names of keys and channels.</param>
    /// <param name="metrics">Where it is counted what is passed over.</param>
    /// <param name="backlog">How many messages may have come without being received yet; where there are more, the oldest are passed over.</param>
    /// <param name="options">How a further connection is made.</param>
    /// <param name="time">What leases are measured by. Default: the system's, which runs as Redis's does.</param>
    public RedisMessageBus(
        IConnectionMultiplexer redis,
        RedisKeys keys,
        ScalerMetrics metrics,
        int backlog = 100_000,
        ScalerRedisOptions? options = null,
        TimeProvider? time = null)
    {
        (_redis, _database, _keys, _metrics, _backlog, _options) = (redis, redis.GetDatabase(), keys, metrics, backlog, options ?? new ScalerRedisOptions());
        _scriptKeys = [keys.Leases, keys.Where];
        _time = time ?? TimeProvider.System;
        _places = new AccountPlaces(keys, _time);
        _sends = new GroupCommit<BusEntry>(
            CommitAsync, static (former, next) => former.Sender == next.Sender, mostEntries: 2 * GroupCommit<BusEntry>.MostEntries, mostUnderWay: 1);
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
                var skip = queue.TryGetCount(out var waiting) && waiting > _backlog;
                EnvelopePack.Open((byte[]?)message.Message, skip ? _ => _metrics.EnvelopeSkipped("Backlog") : receive);
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
        if (entries[0].Sender != _reader.Sender)
        {
            _reader.Sender = entries[0].Sender;
            _places.Clear();
        }

        var asked = _time.GetTimestamp();
        if (RememberedCall.TryMake(entries, _places, asked) is { } call)
        {
            await CommitAsync(entries, call);
        }
        else
        {
            await CommitByScriptAsync(entries, asked);
        }
    }

    private async Task CommitAsync(List<BusEntry> entries, RememberedCall call)
    {
        var held = await call.SendAsync(_database, _keys.Where);
        for (var i = 0; i < entries.Count; i++)
        {
            var reached = _reader.Read(((ReadOnlyMemory<byte>)held[i]).Span);
            var (given, missed) = call.Compare(i, reached);
            _places.Learn(entries[i].Name, reached);
            if (missed.Count == 0)
            {
                entries[i].TrySetResult(given);
            }
            else
            {
                _ = GiveMissedAsync(entries[i], given, missed);
            }
        }
    }

    // An account has just appeared there. Nobody else of that account's there has got anything since: all that this call had
    // for it was missed alike, and goes before what is sent later.
    private async Task GiveMissedAsync(BusEntry entry, IReadOnlyList<Reach> given, IReadOnlyList<Reach> missed)
    {
        var again = missed.Select(reach => new BusEntry(BusEntry.ToMissed, reach.Holder, entry.Sender, entry.Envelope)).ToList();
        _sends.AddAhead(again);
        try
        {
            var reached = await Task.WhenAll(again.Select(static missed => missed.Task));
            entry.TrySetResult([.. given, .. missed.Select((reach, i) => reach with { Listening = reached[i][0].Listening })]);
        }
        catch (Exception exception)
        {
            entry.Fail(exception);
        }
    }

    private async Task CommitByScriptAsync(List<BusEntry> entries, long asked)
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
        foreach (var entry in entries)
        {
            var end = Array.IndexOf(answer, (byte)'\n', at);
            var reached = _reader.Read(answer.AsSpan(at..end));
            if (entry.Kind == BusEntry.ToAccount)
            {
                _places.Learn(entry.Name, reached);
            }

            entry.TrySetResult(reached);
            at = end + 1;
        }

        _places.LearnLeases(answer.AsSpan(at..), asked);
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
