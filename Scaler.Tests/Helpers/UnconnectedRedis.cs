using StackExchange.Redis;

namespace Scaler.Tests.Helpers;

/// <summary>Provides a Redis client that never connects, because no server listens on its endpoint.</summary>
internal static class UnconnectedRedis
{
    public static IConnectionMultiplexer Instance { get; } = ConnectionMultiplexer.Connect(
        new ConfigurationOptions { EndPoints = { $"127.0.0.1:{FreePorts.GetFreePort()}" }, AbortOnConnectFail = false, ConnectTimeout = 200 });
}
