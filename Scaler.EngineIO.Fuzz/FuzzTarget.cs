namespace Scaler.EngineIO.Fuzz;

/// <summary>Parses the input, checks the invariants of the result, and returns a hash of the result.</summary>
/// <param name="input">The input bytes.</param>
/// <returns>The hash, which must depend on <paramref name="input"/> only.</returns>
internal delegate int FuzzTarget(ReadOnlyMemory<byte> input);
