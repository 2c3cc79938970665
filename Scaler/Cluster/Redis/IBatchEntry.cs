namespace Scaler.Cluster.Redis;

/// <summary>Represents an entry that <see cref="PublishBatcher{T}"/> commits.</summary>
internal interface IBatchEntry
{
    /// <summary>Gets the number of operations in the entry, usually 1.</summary>
    int OperationCount { get; }

    /// <summary>Gets the approximate size of the entry in a call, in bytes.</summary>
    int Bytes { get; }

    /// <summary>Fails the entry. After a timeout it is unknown whether Redis has committed the entry.</summary>
    void Fail(Exception exception);
}
