namespace Scaler.Cluster.Wire;

/// <summary>Specifies how to interpret an envelope. The values are part of the wire format.</summary>
[Flags]
internal enum EnvelopeFlags : byte
{
    /// <summary>A text payload for all connections that the kind addresses, without a receipt.</summary>
    None = 0,

    /// <summary>The payload is binary.</summary>
    Binary = 1,

    /// <summary>The sender waits for a receipt.</summary>
    Receipt = 2,

    /// <summary><see cref="Envelope.ConnectionId"/> is the excluded connection, not the only addressed one.</summary>
    Except = 4,

    /// <summary>A trace context follows the header.</summary>
    Trace = 8,

    /// <summary>The message is dropped for connections to which it cannot be written immediately.</summary>
    Volatile = 16,
}
