using System.Reflection;
using Scaler.Tests.Helpers;
using Xunit.Sdk;

namespace Scaler.Tests.Cluster;

/// <summary>What a test of the registry's and the bus's promises runs on.</summary>
public enum Backend
{
    /// <summary>Within the process.</summary>
    InMemory,

    /// <summary>The embedded Redis.</summary>
    Garnet,

    /// <summary>The original.</summary>
    RedisServer,
}

/// <summary>Runs a theory within the process.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnInMemoryAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.InMemory]];
}

/// <summary>Runs a theory on the embedded Redis.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnGarnetAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.Garnet]];
}

/// <summary>Runs a theory on redis-server, where it is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnRedisServerAttribute : DataAttribute
{
    public OnRedisServerAttribute() => Skip = Tool.SkipWithout("redis-server");

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Backend.RedisServer]];
}
