namespace Scaler.Cluster.Abstractions;

/// <summary>Represents the registry's reply to a lease renewal.</summary>
/// <param name="IsHeld">
/// <see langword="true"/> if the lease is running; <see langword="false"/> if it had expired and the server must register all its
/// connections again under a new epoch.
/// </param>
/// <param name="RegisteredConnections">The number of connections registered for this server epoch.</param>
/// <param name="Servers">All servers that hold a lease, and dead servers whose entries have not been removed yet.</param>
/// <param name="ClockMicroseconds">The time of the registry's clock, in microseconds.</param>
internal sealed record RenewalResult(bool IsHeld, int RegisteredConnections, ServerList Servers, long ClockMicroseconds)
{
    public static RenewalResult Lost { get; } = new(false, 0, new ServerList([]), 0);
}
