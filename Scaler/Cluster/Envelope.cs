using System.Diagnostics;

namespace Scaler.Cluster;

/// <summary>One message between servers. Read from the bus, its payload borrows the bytes it was read from.</summary>
internal readonly record struct Envelope
{
    public required EnvelopeKind Kind { get; init; }

    public EnvelopeFlags Flags { get; init; }

    /// <summary>The holder that sent it, and that a receipt goes to.</summary>
    public required string Sender { get; init; }

    /// <summary>Which of the sender's sends this is; a receipt carries the number of what it is for.</summary>
    public long Number { get; init; }

    /// <summary>The account, or empty where the kind has none.</summary>
    public string Account { get; init; }

    /// <summary>The one connection that is meant, or left out; empty for all.</summary>
    public string ConnectionId { get; init; }

    /// <summary>How many connections a receipt speaks of; in a message, when it was sent (<see cref="ClusterClock.Stamp"/>).</summary>
    public int Count { get; init; }

    /// <summary>The trace that the send is part of.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>The message as it goes to the clients; nobody between decodes it.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
