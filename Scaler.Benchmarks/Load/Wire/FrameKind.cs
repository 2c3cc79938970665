namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Specifies the kind of a frame that a server sends to its client.</summary>
internal enum FrameKind
{
    /// <summary>The frame is irrelevant to the measurement.</summary>
    Other,

    /// <summary>The frame holds one or more application messages.</summary>
    Message,

    /// <summary>The frame reports that the session is open.</summary>
    Ready,

    /// <summary>The frame is a ping that the client must answer.</summary>
    Ping,
}
