namespace Scaler.Cluster;

/// <summary>What a server answered.</summary>
/// <param name="Count">How many of its connections were concerned.</param>
/// <param name="Digest">A digest of them, where the question was what it holds; else 0.</param>
/// <param name="Body">What else it said, where the question asks for more; else empty.</param>
internal readonly record struct Receipt(int Count, ulong Digest, ReadOnlyMemory<byte> Body = default);
