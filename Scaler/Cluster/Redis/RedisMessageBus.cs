using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// The bus on Redis's publish and subscribe: one channel for each holder. What has come but was not received yet waits in a
/// queue; while that holds more than <paramref name="backlog"/> envelopes, the oldest are passed over, and counted.
/// </summary>
internal sealed class RedisMessageBus(
    IConnectionMultiplexer redis, RedisKeys keys, ScalerMetrics metrics, int backlog = 100_000, ScalerRedisOptions? options = null) : IMessageBus
{
    private readonly IDatabase _database = redis.GetDatabase();
    private readonly RedisKey[] _sendKeys = [keys.Leases, keys.Where];
    private readonly RedisKey[] _broadcastKeys = [keys.Leases];

    public async Task<IReadOnlyList<Reach>> SendAsync(string account, string sender, ReadOnlyMemory<byte> envelope) =>
        Reached(await _database.ScriptEvaluateAsync(RedisScript.Send, _sendKeys, [account, sender, keys.ChannelPrefix, envelope]));

    public async Task<IReadOnlyList<Reach>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope) =>
        Reached(await _database.ScriptEvaluateAsync(
            RedisScript.Broadcast, _broadcastKeys, [sender, keys.ChannelPrefix, keys.ConnectionsPrefix, envelope]));

    public async Task<bool> TellAsync(string holder, ReadOnlyMemory<byte> envelope) =>
        await _database.PublishAsync(keys.Channel(holder), envelope) > 0;

    public async Task<IAsyncDisposable> ListenAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool anew)
    {
        // A connection can be dead without a word for as long as it takes TCP, or the client, to notice. A new one need not wait for that.
        // The certificates are not in the text of the configuration.
        var own = anew ? await ConnectionMultiplexer.ConnectAsync((options ?? new ScalerRedisOptions()).Parse(redis.Configuration)) : null;
        try
        {
            // A queue, not a handler: the client runs handlers side by side, and order would be lost.
            var queue = await (own ?? redis).GetSubscriber().SubscribeAsync(keys.Channel(holder));
            queue.OnMessage(message =>
            {
                if (queue.TryGetCount(out var waiting) && waiting > backlog)
                {
                    metrics.EnvelopeSkipped("Backlog");
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

    private static Reach[] Reached(RedisResult answer)
    {
        if (answer.Length <= 0)
        {
            return [];
        }

        var reached = new Reach[answer.Length / 3];
        for (var i = 0; i < reached.Length; i++)
        {
            reached[i] = new Reach((string)answer[3 * i]!, (int)answer[(3 * i) + 1], (long)answer[(3 * i) + 2] > 0);
        }

        return reached;
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
