namespace Scaler.Cluster.Abstractions;

/// <summary>Represents one connection in the registry.</summary>
/// <param name="Account">The account name. It must not contain control characters.</param>
/// <param name="ConnectionId">The connection's public ID. It must not contain control characters.</param>
/// <param name="Metadata">The metadata that other servers may read, as written by <see cref="ConnectionMetadata"/>.</param>
internal readonly record struct RegistryEntry(string Account, string ConnectionId, ReadOnlyMemory<byte> Metadata);
