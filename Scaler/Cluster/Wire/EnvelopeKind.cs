namespace Scaler.Cluster.Wire;

/// <summary>Specifies what the receiving server does with an envelope. The values are part of the wire format.</summary>
internal enum EnvelopeKind : byte
{
    /// <summary>Deliver the payload to the account's connections, or to a single one.</summary>
    Message = 1,

    /// <summary>Deliver the payload to every connection.</summary>
    Broadcast = 2,

    /// <summary>Close the account's connections, or a single one.</summary>
    Disconnect = 3,

    /// <summary>Acknowledges an envelope and reports the number of affected connections.</summary>
    Receipt = 4,

    /// <summary>Sent by a server to itself to check that the bus still delivers.</summary>
    Probe = 5,

    /// <summary>Requests the number of the server's connections and their digest. The receipt carries both.</summary>
    Inventory = 6,

    /// <summary>
    /// Accept no new clients and close the existing connections, until <see cref="Resume"/>. The receipt carries the number of
    /// connections.
    /// </summary>
    Drain = 7,

    /// <summary>Accept clients again after <see cref="Drain"/>.</summary>
    Resume = 8,

    /// <summary>Requests the current state of an account's connections. The reply is an <see cref="Answer"/>.</summary>
    Activity = 9,

    /// <summary>Carries the reply to a request in the payload.</summary>
    Answer = 10,
}
