using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Scaler.Cluster;
using Scaler.Cluster.Redis;
using StackExchange.Redis;

namespace Scaler;

/// <summary>The cluster's last error events, kept in Redis, and a channel on which each is told as it happens.</summary>
internal sealed class ErrorLog(IConnectionMultiplexer redis, RedisKeys keys)
{
    public const int Kept = 1000;

    private const int WatchBacklog = 10_000;
    private static readonly long KeptMilliseconds = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    private readonly string _publisher = Guid.NewGuid().ToString("N");

    public bool IsConnected => redis.IsConnected;

    /// <summary>Adds events, and tells of them.</summary>
    /// <param name="errors">The events, oldest first.</param>
    /// <param name="number">Greater than that of those before; events that are given once more with their number, for want of an answer, are there once. 0: none.</param>
    public Task AppendAsync(IReadOnlyList<ScalerError> errors, long number = 0)
    {
        var values = new RedisValue[4 + errors.Count];
        (values[0], values[1], values[2], values[3]) = ((string?)keys.ErrorsChannel, Kept, KeptMilliseconds, number);
        for (var i = 0; i < errors.Count; i++)
        {
            values[i + 4] = JsonSerializer.SerializeToUtf8Bytes(errors[i], ClusterJson.Default.ScalerError);
        }

        return redis.GetDatabase().ScriptEvaluateAsync(RedisScript.Errors, [keys.Errors, keys.ErrorsOf(_publisher)], values);
    }

    public async Task<IReadOnlyList<ScalerError>> ReadAsync(int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        var values = await redis.GetDatabase().ListRangeAsync(keys.Errors, 0, take - 1);
        return [.. values.Select(Read).OfType<ScalerError>()];
    }

    public async IAsyncEnumerable<ScalerError> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var errors = Channel.CreateBounded<ScalerError>(
            new BoundedChannelOptions(WatchBacklog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var queue = await redis.GetSubscriber().SubscribeAsync(keys.ErrorsChannel);
        queue.OnMessage(message =>
        {
            if (Read(message.Message) is { } error)
            {
                errors.Writer.TryWrite(error);
            }
        });

        // What was published until the client listened again is lost to it, so who watches has to read the log once more.
        void Restored(object? sender, ConnectionFailedEventArgs connection)
        {
            if (connection.ConnectionType == ConnectionType.Subscription)
            {
                errors.Writer.TryComplete();
            }
        }

        redis.ConnectionRestored += Restored;
        try
        {
            await foreach (var error in errors.Reader.ReadAllAsync(cancellationToken))
            {
                yield return error;
            }
        }
        finally
        {
            redis.ConnectionRestored -= Restored;
            await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
        }
    }

    private static ScalerError? Read(RedisValue value)
    {
        try
        {
            return JsonSerializer.Deserialize((byte[]?)value, ClusterJson.Default.ScalerError);
        }
        catch (JsonException)
        {
            // Of a version of this library that writes it otherwise: not readable here, and no reason to lose the rest.
            return null;
        }
    }
}
