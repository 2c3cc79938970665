namespace Scaler.EngineIO.Fuzz;

/// <summary>Parses the input, checks the properties of what came out, and returns a hash of all of it.</summary>
internal delegate int FuzzTarget(ReadOnlyMemory<byte> input);
