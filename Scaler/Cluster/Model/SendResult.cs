namespace Scaler;

/// <summary>Represents the result of a send. Delivery is at most once: a send to an unreachable server is not retried.</summary>
public sealed record SendResult
{
    /// <summary>Gets the result of a send for which no connection exists.</summary>
    public static SendResult None { get; } = new();

    /// <summary>
    /// Gets the number of connections reached. It includes the connections of this server whose queue accepted the message. For
    /// the other servers reached, it includes their connections according to the registry. With receipts, it includes only those
    /// connections whose queue accepted the message.
    /// </summary>
    public int Connections { get; init; }

    /// <summary>Gets the number of servers reached, including this server if one of its connections was reached.</summary>
    public int Servers { get; init; }

    /// <summary>
    /// Gets the IDs of the servers that hold an addressed connection but were not reached. Such a server was not subscribed to
    /// the bus, or did not send a receipt in time.
    /// </summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];

    /// <summary>
    /// Gets a value indicating whether the send reached the cluster. <see langword="false"/> if Redis is unavailable or did not
    /// answer in time; only connections of this server are known to be reached then.
    /// </summary>
    public bool ClusterReached { get; init; } = true;

    /// <summary>
    /// Gets a value indicating whether the cluster and all servers that hold an addressed connection were reached.
    /// </summary>
    public bool IsComplete => ClusterReached && Unreachable.Count == 0;
}
