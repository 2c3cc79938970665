using System.Diagnostics;

namespace Scaler.Cluster.Wire;

/// <summary>Represents one message between servers. The payload of a received envelope references the receive buffer.</summary>
internal readonly record struct Envelope
{
    public required EnvelopeKind Kind { get; init; }

    public EnvelopeFlags Flags { get; init; }

    /// <summary>Gets the name of the sending server epoch. Receipts and replies go to it.</summary>
    public required string Sender { get; init; }

    /// <summary>
    /// Gets the name of the only server epoch that may execute the envelope, or an empty string if the envelope is for all
    /// servers that receive it.
    /// </summary>
    public string Receiver { get; init; }

    /// <summary>Gets the number of the envelope: unique and increasing over all envelopes of the sending process.</summary>
    public long Sequence { get; init; }

    /// <summary>
    /// Gets the correlation number, chosen by the sender. A receipt or reply carries the number of its request.
    /// </summary>
    public long Number { get; init; }

    /// <summary>Gets the account name, or an empty string if the kind has no account.</summary>
    public string Account { get; init; }

    /// <summary>
    /// Gets the ID of the only addressed connection, or of the excluded one (<see cref="EnvelopeFlags.Except"/>); empty for all.
    /// </summary>
    public string ConnectionId { get; init; }

    /// <summary>Gets the send time, in microseconds of Redis's clock; 0 if it is unknown.</summary>
    public long SentAt { get; init; }

    /// <summary>Gets the number of affected connections in a receipt.</summary>
    public int Count { get; init; }

    /// <summary>Gets a value indicating whether the sender of a receipt refused the request.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Gets the trace context of the send.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>Gets the message as it is sent to the clients. Servers pass it on without decoding it.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
