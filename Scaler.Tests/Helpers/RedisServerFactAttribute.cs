namespace Scaler.Tests.Helpers;

/// <summary>A fact that needs the program redis-server; where it is missing, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisServerFactAttribute : FactAttribute
{
    public RedisServerFactAttribute() => Skip = Tool.SkipWithout("redis-server");
}
