namespace Scaler;

/// <summary>Represents a decoded message.</summary>
/// <param name="Event">The event name, as UTF-8.</param>
/// <param name="Arguments">The arguments, as a JSON array in UTF-8; empty if there are none.</param>
public readonly record struct DecodedMessage(ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Arguments);
