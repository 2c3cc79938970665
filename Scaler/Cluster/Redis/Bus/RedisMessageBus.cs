using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>
/// Implements the message bus on Redis publish/subscribe, with one channel per server epoch. All envelopes are sent in batches
/// through one queue (<see cref="PublishBatcher{T}"/>), so no envelope overtakes another.
/// <para>
/// There are two kinds of calls. A script finds the server epochs of each account and publishes the envelopes to them. If the
/// locations of all accounts in a call are cached and all their leases are running, the envelopes are published without the
/// script. The same call then also reads the current locations (<see cref="PipelinedPublish"/>). Server epochs missing from the
/// cache get the envelope in the next call. Only one call is in flight at a time, so no other call can come in between.
/// </para>
/// </summary>
internal sealed class RedisMessageBus : IMessageBus
{
    private static readonly string SendScript = RedisScript.Load("clock", "send");

    private readonly IConnectionMultiplexer _redis;
    private readonly IDatabase _database;
    private readonly RedisKeys _keys;
    private readonly RedisKey[] _scriptKeys;
    private readonly ScalerMetrics _metrics;
    private readonly int _backlog;
    private readonly ScalerRedisOptions _options;
    private readonly PublishBatcher<PendingPublish> _sends;
    private readonly DeliveryResultReader _reader = new();
    private readonly LocationCache _places;
    private readonly TimeProvider _time;
    private volatile string _sender = "";

    /// <summary>Creates the bus.</summary>
    /// <param name="redis">The Redis client.</param>
    /// <param name="keys">The names of keys and channels.</param>
    /// <param name="metrics">The metrics that count skipped envelopes.</param>
    /// <param name="backlog">
    /// The maximum number of received messages that wait to be handled. If there are more, the oldest are skipped. The default is
    /// 100,000.
    /// </param>
    /// <param name="options">The options for opening additional connections.</param>
    /// <param name="time">
    /// The clock that measures leases. The default is the system clock, which runs at the same rate as Redis's.
    /// </param>
    public RedisMessageBus(
        IConnectionMultiplexer redis,
        RedisKeys keys,
        ScalerMetrics metrics,
        int backlog = 100_000,
        ScalerRedisOptions? options = null,
        TimeProvider? time = null)
    {
        (_redis, _database, _keys, _metrics, _backlog, _options) = (redis, redis.GetDatabase(), keys, metrics, backlog, options ?? new ScalerRedisOptions());
        _scriptKeys = [keys.Leases, keys.Locations];
        _time = time ?? TimeProvider.System;
        _places = new LocationCache(keys, _time);
        _sends = new PublishBatcher<PendingPublish>(
            CommitAsync,
            static (previous, next) => previous.Sender == next.Sender,
            mostEntries: 2 * PublishBatcher<PendingPublish>.MaxEntries,
            mostUnderWay: 1);
    }

    public Task<IReadOnlyList<DeliveryResult>> SendToAccountAsync(string account, string sender, ReadOnlyMemory<byte> envelope) =>
        Add(PendingPublish.ToAccount, account, _sender = sender, envelope);

    public Task<IReadOnlyList<DeliveryResult>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope) =>
        Add(PendingPublish.ToAll, "", _sender = sender, envelope);

    // This send has no sender to skip. It uses the current sender, so that it can share a call with the sends around it.
    public async Task<bool> SendToServerAsync(string holder, ReadOnlyMemory<byte> envelope) =>
        (await Add(PendingPublish.ToServer, holder, _sender, envelope))[0].HasSubscriber;

    public async Task<IAsyncDisposable> SubscribeAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool reconnect)
    {
        // A connection can be dead until TCP or the client detects it. A new connection does not have to wait for that. It is
        // configured through the options, because the configuration text does not contain the certificates.
        var newConnection = reconnect ? await ConnectionMultiplexer.ConnectAsync(_options.Parse(_redis.Configuration)) : null;
        try
        {
            // Use a queue instead of a handler: the client runs handlers concurrently, which would lose the order.
            var queue = await (newConnection ?? _redis).GetSubscriber().SubscribeAsync(_keys.Channel(holder));
            queue.OnMessage(message =>
            {
                var skip = queue.TryGetCount(out var waiting) && waiting > _backlog;
                EnvelopeBatch.Unpack((byte[]?)message.Message, skip ? _ => _metrics.EnvelopeSkipped("Backlog") : receive);
            });
            return new Subscription(queue, newConnection);
        }
        catch
        {
            newConnection?.Dispose();
            throw;
        }
    }

    private Task<IReadOnlyList<DeliveryResult>> Add(char kind, string name, string sender, ReadOnlyMemory<byte> envelope)
    {
        var entry = new PendingPublish(kind, name, sender, envelope);
        _sends.Add(entry);
        return entry.Task;
    }

    private async Task CommitAsync(List<PendingPublish> entries)
    {
        if (entries[0].Sender != _reader.Sender)
        {
            _reader.Sender = entries[0].Sender;
            _places.Clear();
        }

        var asked = _time.GetTimestamp();
        if (PipelinedPublish.TryCreate(entries, _places, asked) is { } call)
        {
            await CommitAsync(entries, call);
        }
        else
        {
            await CommitByScriptAsync(entries, asked);
        }
    }

    private async Task CommitAsync(List<PendingPublish> entries, PipelinedPublish call)
    {
        var locations = await call.SendAsync(_database, _keys.Locations);
        for (var i = 0; i < entries.Count; i++)
        {
            var reached = _reader.Read(((ReadOnlyMemory<byte>)locations[i]).Span);
            var (delivered, missed) = call.Compare(i, reached);
            _places.Update(entries[i].Name, reached);
            if (missed.Count == 0)
            {
                entries[i].TrySetResult(delivered);
            }
            else
            {
                _ = SendToMissedAsync(entries[i], delivered, missed);
            }
        }
    }

    // The account has just appeared on the missed server epochs. They missed all envelopes of this call for the account. These
    // envelopes go ahead of later sends, which preserves the order.
    private async Task SendToMissedAsync(PendingPublish entry, IReadOnlyList<DeliveryResult> delivered, IReadOnlyList<DeliveryResult> missed)
    {
        var retries = missed
            .Select(reach => new PendingPublish(PendingPublish.ToMissedServer, reach.ServerEpoch, entry.Sender, entry.Envelope))
            .ToList();
        _sends.Prepend(retries);
        try
        {
            var reached = await Task.WhenAll(retries.Select(static retry => retry.Task));
            entry.TrySetResult(
                [.. delivered, .. missed.Select((reach, i) => reach with { HasSubscriber = reached[i][0].HasSubscriber })]);
        }
        catch (Exception exception)
        {
            entry.Fail(exception);
        }
    }

    private async Task CommitByScriptAsync(List<PendingPublish> entries, long asked)
    {
        var values = new RedisValue[4 + (2 * entries.Count)];
        (values[0], values[1], values[2], values[3]) = (entries[0].Sender, _keys.ChannelPrefix, _keys.ConnectionsPrefix, Kinds(entries));
        for (var i = 0; i < entries.Count; i++)
        {
            values[4 + i] = entries[i].Name;
            values[4 + entries.Count + i] = entries[i].Envelope;
        }

        var answer = (byte[])(await _database.ScriptEvaluateAsync(SendScript, _scriptKeys, values))!;
        var at = 0;
        foreach (var entry in entries)
        {
            var end = Array.IndexOf(answer, (byte)'\n', at);
            var reached = _reader.Read(answer.AsSpan(at..end));
            if (entry.Kind == PendingPublish.ToAccount)
            {
                _places.Update(entry.Name, reached);
            }

            entry.TrySetResult(reached);
            at = end + 1;
        }

        _places.UpdateLeases(answer.AsSpan(at..), asked);
    }

    private static RedisValue Kinds(List<PendingPublish> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind != PendingPublish.ToAccount)
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

    private sealed class Subscription(ChannelMessageQueue queue, ConnectionMultiplexer? ownConnection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // Do not wait: a dead connection does not answer. The client drops the subscription anyway.
                await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
            }
            catch (RedisException)
            {
                // If Redis is unavailable, there is no subscription to remove.
            }

            if (ownConnection is not null)
            {
                await ownConnection.DisposeAsync();
            }
        }
    }
}
