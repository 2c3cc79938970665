using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Redis.Registry;

/// <summary>Represents connections that are queued to be registered or removed in Redis, and the pending result.</summary>
/// <param name="holder">The name of the server epoch that holds the connections.</param>
/// <param name="entries">The connections.</param>
/// <param name="limit">
/// The maximum number of connections per account; 0 means no limit. <see cref="Remove"/> removes the connections.
/// </param>
internal sealed class RegistryWrite(string holder, ArraySegment<RegistryEntry> entries, int limit)
    : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously), IBatchEntry
{
    /// <summary>The limit that requests removal, as defined by <c>registrations.lua</c>.</summary>
    public const int Remove = -1;

    /// <summary>
    /// The approximate size of a connection, in bytes, both in memory and in a call. The metadata is truncated to some hundred
    /// bytes.
    /// </summary>
    private const int BytesPerConnection = 512;

    public string Holder => holder;

    public ArraySegment<RegistryEntry> Connections => entries;

    public int Limit => limit;

    public int OperationCount => entries.Count;

    public int Bytes => BytesPerConnection * (1 + entries.Count);

    public void Fail(Exception exception) => TrySetException(exception);
}
