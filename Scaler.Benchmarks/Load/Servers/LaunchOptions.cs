namespace Scaler.Benchmarks.Load.Servers;

/// <summary>Represents the start parameters of a server.</summary>
/// <param name="Port">The port to listen on, on the loopback interface.</param>
/// <param name="Redis">The host and port of the Redis that the servers share; <see langword="null"/> if there is none.</param>
/// <param name="PingInterval">The interval of pings to clients; <see langword="null"/> for the server's default.</param>
internal sealed record LaunchOptions(int Port, string? Redis, TimeSpan? PingInterval);
