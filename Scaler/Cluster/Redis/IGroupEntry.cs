namespace Scaler.Cluster.Redis;

/// <summary>What a <see cref="GroupCommit{T}"/> commits.</summary>
internal interface IGroupEntry
{
    /// <summary>How many things it does; mostly one.</summary>
    int Entries { get; }

    /// <summary>About how many bytes it takes in a call.</summary>
    int Bytes { get; }

    /// <summary>Tells it that it was not committed, as far as can be known.</summary>
    void Fail(Exception exception);
}
