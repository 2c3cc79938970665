namespace Scaler.Cluster.Peers;

/// <summary>What a frame between two servers says.</summary>
internal enum PeerFrameKind : byte
{
    /// <summary>A request that came to the sender for a session of the receiver.</summary>
    Request = 1,

    /// <summary>The client that asked is gone: nobody waits for the answer.</summary>
    Cancel = 2,

    /// <summary>A part of an answer, behind which more comes.</summary>
    AnswerPart = 3,

    /// <summary>An answer, or the last part of one.</summary>
    Answer = 4,

    /// <summary>The request was cut off: its client gets no answer, and loses its connection.</summary>
    Aborted = 5,

    /// <summary>Nothing but that the sender is alive.</summary>
    Alive = 6,
}
