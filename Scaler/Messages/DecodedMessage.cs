namespace Scaler;

/// <summary>What a decoder found in a message.</summary>
/// <param name="Event">The event's name, as UTF-8.</param>
/// <param name="Arguments">The arguments as a JSON array, as UTF-8; empty means none.</param>
public readonly record struct DecodedMessage(ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Arguments);
