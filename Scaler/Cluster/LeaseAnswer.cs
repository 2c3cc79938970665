namespace Scaler.Cluster;

/// <summary>Represents the registry's reply to a lease renewal.</summary>
/// <param name="Held">
/// <see langword="true"/> if the lease is running; <see langword="false"/> if it had expired and the server must register all its
/// connections again under a new epoch.
/// </param>
/// <param name="Registered">The number of connections registered for this server epoch.</param>
/// <param name="Servers">All servers that hold a lease, and dead servers whose entries have not been removed yet.</param>
/// <param name="ClockMicroseconds">The time of the registry's clock, in microseconds.</param>
internal sealed record LeaseAnswer(bool Held, int Registered, IReadOnlyList<ServerInfo> Servers, long ClockMicroseconds)
{
    public static LeaseAnswer Lost { get; } = new(false, 0, [], 0);
}
