using System.Text.Json;
using Scaler.Cluster.Redis;
using Scaler.EngineIO;
using StackExchange.Redis;

namespace Scaler;

/// <summary>Stores the most recent manual operations on the cluster in Redis.</summary>
internal sealed class AuditTrail(IConnectionMultiplexer redis, RedisKeys keys)
{
    public const int MaxEntries = 1000;

    private const int MaxLength = 1024;

    private static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0)
        {
            return Task.CompletedTask;
        }

        var transaction = redis.GetDatabase().CreateTransaction();
        _ = transaction.ListLeftPushAsync(
            keys.Audit,
            [.. entries.Select(static entry =>
                (RedisValue)JsonSerializer.SerializeToUtf8Bytes(Escape(entry), ErrorJson.Default.AuditEntry))]);
        _ = transaction.ListTrimAsync(keys.Audit, 0, MaxEntries - 1);
        _ = transaction.KeyExpireAsync(keys.Audit, Retention);
        return transaction.ExecuteAsync();
    }

    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, MaxEntries);
        var values = await redis.GetDatabase().ListRangeAsync(keys.Audit, 0, take - 1);
        return [.. values.Select(Read).OfType<AuditEntry>()];
    }

    // Targets and results name accounts, whose names clients choose.
    private static AuditEntry Escape(AuditEntry entry) => new(
        entry.At, LogText.Escape(entry.Who, MaxLength), LogText.Escape(entry.What, MaxLength),
        LogText.Escape(entry.Target, MaxLength), LogText.Escape(entry.Outcome, MaxLength),
        LogText.Escape(entry.Result, MaxLength));

    private static AuditEntry? Read(RedisValue value)
    {
        try
        {
            return JsonSerializer.Deserialize((byte[]?)value, ErrorJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            // Skip an entry that a different library version wrote in another format.
            return null;
        }
    }
}
