using System.Reflection;
using Scaler.Tests.Helpers;
using Xunit.Sdk;

namespace Scaler.Tests.Cluster;

/// <summary>A backend that the contract tests of the registry and the message bus run on.</summary>
public enum Backend
{
    /// <summary>The in-memory implementation.</summary>
    InMemory,

    /// <summary>The embedded Garnet server.</summary>
    Garnet,

    /// <summary>A redis-server process.</summary>
    RedisServer,

    /// <summary>A Redis Cluster of three redis-server processes.</summary>
    RedisCluster,
}

/// <summary>Runs a theory on the in-memory backend.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnInMemoryAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.InMemory]];
}

/// <summary>Runs a theory on the embedded Garnet server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnGarnetAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.Garnet]];
}

/// <summary>Runs a theory on redis-server. Skipped if redis-server is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnRedisServerAttribute : DataAttribute
{
    public OnRedisServerAttribute() => Skip = ExternalTool.GetSkipReason("redis-server");

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.RedisServer]];
}

/// <summary>Runs a theory on a Redis Cluster of three nodes. Skipped if redis-server or redis-cli is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnRedisClusterAttribute : DataAttribute
{
    public OnRedisClusterAttribute() => Skip = ExternalTool.GetSkipReason("redis-server") ?? ExternalTool.GetSkipReason("redis-cli");

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.RedisCluster]];
}
