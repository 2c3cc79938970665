namespace Scaler.Cluster.Redis;

/// <summary>Represents an entry that <see cref="GroupCommit{T}"/> commits.</summary>
internal interface IGroupEntry
{
    /// <summary>Gets the number of operations in the entry, usually 1.</summary>
    int Entries { get; }

    /// <summary>Gets the approximate size of the entry in a call, in bytes.</summary>
    int Bytes { get; }

    /// <summary>Fails the entry. After a timeout it is unknown whether Redis has committed the entry.</summary>
    void Fail(Exception exception);
}
