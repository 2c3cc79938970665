namespace Scaler.Benchmarks.Load.Servers;

/// <summary>What a server is started with.</summary>
/// <param name="Port">Where it listens, on loopback.</param>
/// <param name="Redis">The Redis it shares, host and port; null where it is alone.</param>
/// <param name="PingInterval">How often it pings its clients; null for its default.</param>
internal sealed record Launch(int Port, string? Redis, TimeSpan? PingInterval);
