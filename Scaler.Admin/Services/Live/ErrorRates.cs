namespace Scaler.Admin.Services.Live;

/// <summary>Counts errors per type in one-second buckets over the last minute. Not thread-safe.</summary>
internal sealed class ErrorRates
{
    private const int Seconds = 60;
    private readonly Dictionary<string, Bucket[]> _types = [];

    public void Clear() => _types.Clear();

    public void Add(ScalerError error)
    {
        if (!_types.TryGetValue(error.Name, out var buckets))
        {
            _types[error.Name] = buckets = new Bucket[Seconds];
        }

        var second = error.At.ToUnixTimeSeconds();
        ref var bucket = ref buckets[second % Seconds];
        if (bucket.Second < second)
        {
            bucket = new Bucket(second, 1);
        }
        else if (bucket.Second == second)
        {
            bucket = bucket with { Count = bucket.Count + 1 };
        }
    }

    /// <summary>Returns the errors per type in the 60 seconds up to a time. Types without errors are omitted.</summary>
    public IReadOnlyDictionary<string, int> CountLastMinute(DateTimeOffset now)
    {
        var last = now.ToUnixTimeSeconds();
        return _types
            .Select(type => (type.Key, Count: type.Value.Where(bucket => bucket.Second > last - Seconds).Sum(bucket => bucket.Count)))
            .Where(type => type.Count > 0)
            .ToDictionary(type => type.Key, type => type.Count);
    }

    private readonly record struct Bucket(long Second, int Count);
}
