namespace Scaler.Tests.Helpers;

/// <summary>A fact that needs the redis-server program. Skipped with a reason if the program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisServerFactAttribute : FactAttribute
{
    public RedisServerFactAttribute() => Skip = ExternalTool.GetSkipReason("redis-server");
}
