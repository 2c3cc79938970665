using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Represents a server's reply to an envelope.</summary>
/// <param name="Count">The number of affected connections on the server.</param>
/// <param name="Digest">
/// The digest of the server's connections in a reply to <see cref="EnvelopeKind.Inventory"/>; otherwise, 0.
/// </param>
/// <param name="Body">The payload of an <see cref="EnvelopeKind.Answer"/>; otherwise, empty.</param>
internal readonly record struct Receipt(int Count, ulong Digest = 0, ReadOnlyMemory<byte> Body = default)
{
    /// <summary>Gets the receipt of a server that refuses a request.</summary>
    public static Receipt Refused { get; } = new() { IsRefused = true };

    /// <summary>Gets a value indicating whether the server refused the request.</summary>
    public bool IsRefused { get; init; }
}
