namespace Scaler.Cluster.Membership;

/// <summary>
/// Represents this server's lease, under which all its registry entries are visible. The lease belongs to one server epoch.
/// </summary>
internal sealed class ServerLease(TimeProvider time, TimeSpan duration)
{
    private volatile ServerInfo? _current;
    private long _renewedAt;

    /// <summary>Gets what the last renewal wrote, or <see langword="null"/> if this server has not joined or has left.</summary>
    public ServerInfo? Current => _current;

    /// <summary>Gets a value indicating whether this server holds its lease, as far as it can know.</summary>
    public bool IsHeld => _current is not null && time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < duration;

    public void Renew(ServerInfo server)
    {
        _current = server;
        Volatile.Write(ref _renewedAt, time.GetTimestamp());
    }

    public void End() => _current = null;
}
