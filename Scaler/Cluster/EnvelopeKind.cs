namespace Scaler.Cluster;

/// <summary>What an envelope asks of the server that it reaches. The numbers are the wire's.</summary>
internal enum EnvelopeKind : byte
{
    /// <summary>Hand the payload to the account's connections, or to the one that is named.</summary>
    Message = 1,

    /// <summary>Hand the payload to every connection.</summary>
    Broadcast = 2,

    /// <summary>Close the account's connections, or the one that is named.</summary>
    Disconnect = 3,

    /// <summary>Says how many connections took what an envelope asked for.</summary>
    Receipt = 4,

    /// <summary>A server's question to itself: does the bus still bring what is sent?</summary>
    Probe = 5,

    /// <summary>Asks what the server holds; the receipt tells how many connections, and a digest of them.</summary>
    Inventory = 6,

    /// <summary>Take no new client and close those there are, until told otherwise; the receipt tells how many there were.</summary>
    Drain = 7,

    /// <summary>Take clients again.</summary>
    Resume = 8,

    /// <summary>Asks how the connections of an account are at this moment. Answered by <see cref="Answer"/>.</summary>
    Activity = 9,

    /// <summary>What was asked for, in the payload.</summary>
    Answer = 10,
}
