using StackExchange.Redis;

namespace Scaler.Tests.Helpers;

/// <summary>A Redis client that has nowhere to connect to.</summary>
internal static class Unconnected
{
    public static IConnectionMultiplexer Instance { get; } = ConnectionMultiplexer.Connect(
        new ConfigurationOptions { EndPoints = { $"127.0.0.1:{Ports.Free()}" }, AbortOnConnectFail = false, ConnectTimeout = 200 });
}
