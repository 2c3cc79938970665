namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>Defines the names of the measured figures, with their units.</summary>
internal static class Figure
{
    public const string Cpu = "CPU µs";
    public const string AddedCpu = "added CPU ÷ local CPU";
    public const string RedisCpu = "Redis CPU µs";
    public const string RedisCommands = "Redis commands";
    public const string Rate = "per second";
    public const string Median = "p50 ms";
    public const string P99 = "p99 ms";
    public const string Memory = "RSS KiB";
    public const string Lost = "lost";
}
