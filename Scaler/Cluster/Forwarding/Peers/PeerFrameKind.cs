namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Specifies the kind of a frame between two servers. The values are part of the wire format.</summary>
internal enum PeerFrameKind : byte
{
    /// <summary>A client's request for a session of the receiving server.</summary>
    Request = 1,

    /// <summary>The client has disconnected and no longer waits for the response.</summary>
    Cancel = 2,

    /// <summary>A part of a response, followed by more parts.</summary>
    ResponsePart = 3,

    /// <summary>A complete response, or the last part of one.</summary>
    Response = 4,

    /// <summary>The request was aborted. The client gets no response, and its connection is closed.</summary>
    Aborted = 5,

    /// <summary>A keep-alive without content.</summary>
    KeepAlive = 6,

    /// <summary>
    /// The sender is about to stop, so a held poll request must be answered now. Older servers ignore this frame.
    /// </summary>
    Release = 7,
}
