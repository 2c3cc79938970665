namespace Scaler.Cluster;

/// <summary>What the registry says to a renewal.</summary>
/// <param name="Held">Whether the lease runs. False: it had ended, and everything must be registered anew under a new epoch.</param>
/// <param name="Registered">How many connections the registry has of this holder.</param>
/// <param name="Servers">Every server that has a lease, and those whose entries are not removed yet.</param>
/// <param name="ClockMicroseconds">What the registry's clock showed, in microseconds.</param>
internal sealed record LeaseAnswer(bool Held, int Registered, IReadOnlyList<ServerInfo> Servers, long ClockMicroseconds)
{
    public static LeaseAnswer Lost { get; } = new(false, 0, [], 0);
}
