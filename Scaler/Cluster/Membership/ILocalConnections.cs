namespace Scaler.Cluster.Membership;

/// <summary>Provides the membership with the connections that this server has to register.</summary>
internal interface ILocalConnections
{
    int ConnectionCount { get; }

    int AccountCount { get; }

    /// <summary>Returns a snapshot of all connections, taken when the enumeration starts.</summary>
    IEnumerable<IRegisteredConnection> GetConnections();

    /// <summary>Returns the bytes in all send queues and the number of WebSocket connections.</summary>
    (long QueuedBytes, int WebSockets) Measure();
}
