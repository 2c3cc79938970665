using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Scaler.Cluster.Redis;
using StackExchange.Redis;

namespace Scaler;

/// <summary>Stores the cluster's most recent error events in Redis and publishes each on a Redis channel.</summary>
internal sealed class ErrorLog(IConnectionMultiplexer redis, RedisKeys keys)
{
    public const int MaxEntries = 1000;

    /// <summary>
    /// The number of stored events that an account keeps. It may temporarily have half as many more. Events without an account
    /// count as those of one account.
    /// </summary>
    public const int MaxEntriesPerAccount = 100;

    private const int WatchBacklog = 10_000;
    private static readonly string AppendScript = RedisScript.Load("errors");
    private static readonly long RetentionMilliseconds = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    private readonly string _publisher = Guid.NewGuid().ToString("N");

    public bool IsConnected => redis.IsConnected;

    /// <summary>Appends events and publishes them.</summary>
    /// <param name="errors">The events, oldest first.</param>
    /// <param name="number">The monotonic sequence number that makes retries idempotent; 0 disables deduplication.</param>
    public Task AppendAsync(IReadOnlyList<ScalerError> errors, long number = 0)
    {
        var values = new RedisValue[5 + errors.Count];
        (values[0], values[1], values[2], values[3], values[4]) =
            ((string?)keys.ErrorsChannel, MaxEntries, RetentionMilliseconds, number, MaxEntriesPerAccount);
        for (var i = 0; i < errors.Count; i++)
        {
            values[i + 5] = JsonSerializer.SerializeToUtf8Bytes(errors[i], ErrorJson.Default.ScalerError);
        }

        return redis.GetDatabase().ScriptEvaluateAsync(
            AppendScript, [keys.Errors, keys.PublisherBatchNumber(_publisher), keys.ErrorsPerAccount], values);
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

        // Events published while the subscription was down are lost. End the sequence so that the caller reads the log again.
        void OnConnectionRestored(object? sender, ConnectionFailedEventArgs connection)
        {
            if (connection.ConnectionType == ConnectionType.Subscription)
            {
                errors.Writer.TryComplete();
            }
        }

        redis.ConnectionRestored += OnConnectionRestored;
        try
        {
            await foreach (var error in errors.Reader.ReadAllAsync(cancellationToken))
            {
                yield return error;
            }
        }
        finally
        {
            redis.ConnectionRestored -= OnConnectionRestored;
            await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
        }
    }

    private static ScalerError? Read(RedisValue value)
    {
        try
        {
            return JsonSerializer.Deserialize((byte[]?)value, ErrorJson.Default.ScalerError);
        }
        catch (JsonException)
        {
            // Skip an event that a different library version wrote in another format.
            return null;
        }
    }
}
