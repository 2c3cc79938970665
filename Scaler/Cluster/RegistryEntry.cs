namespace Scaler.Cluster;

/// <summary>One connection in the registry.</summary>
/// <param name="Account">The account, opaque here but for having no control characters.</param>
/// <param name="ConnectionId">The connection's public id, without control characters.</param>
/// <param name="Facts">What others may know of it, as <see cref="ConnectionFacts"/> writes it.</param>
internal readonly record struct RegistryEntry(string Account, string ConnectionId, ReadOnlyMemory<byte> Facts);
