namespace Scaler.Cluster;

/// <summary>How an envelope is to be read. The numbers are the wire's.</summary>
[Flags]
internal enum EnvelopeFlags : byte
{
    /// <summary>A text payload for all that the kind names, no receipt.</summary>
    None = 0,

    /// <summary>The payload is binary.</summary>
    Binary = 1,

    /// <summary>The sender waits for a receipt.</summary>
    Receipt = 2,

    /// <summary><see cref="Envelope.ConnectionId"/> names the connection that is left out, not the only one.</summary>
    Except = 4,

    /// <summary>A trace context stands behind the head.</summary>
    Trace = 8,
}
