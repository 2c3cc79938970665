namespace Scaler;

/// <summary>What a send reached. Delivery is at most once: nothing is sent again for what was not reached.</summary>
public sealed record SendResult
{
    /// <summary>Nothing was reached, because nobody is connected.</summary>
    public static SendResult Nobody { get; } = new();

    /// <summary>
    /// Connections reached: those of this server whose queue took the message, and those that the servers reached hold (as the
    /// registry counts them, or, with receipts, as each of them counted the queues that took it).
    /// </summary>
    public int Connections { get; init; }

    /// <summary>Servers reached, this one included if it holds such a connection.</summary>
    public int Servers { get; init; }

    /// <summary>Ids of the servers that hold such a connection but were not reached: not listening, or no receipt in time.</summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];

    /// <summary>Whether the rest of the cluster could be asked at all. False while Redis is away: then only this server's connections were reached.</summary>
    public bool ClusterReached { get; init; } = true;

    /// <summary>Whether everything that could be known of was reached.</summary>
    public bool IsComplete => ClusterReached && Unreachable.Count == 0;
}
