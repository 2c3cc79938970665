namespace Scaler.EngineIO;

/// <summary>How one message is to be sent.</summary>
[Flags]
public enum EngineSendFlags
{
    /// <summary>Delivered in order, compressed where compression is on and worth it.</summary>
    None = 0,

    /// <summary>Worth having now or not at all: it is dropped when the session's queue is full, and nobody waits.</summary>
    Volatile = 1,

    /// <summary>Not compressed: it is compressed already, or holds a secret beside what a client chose.</summary>
    NoCompression = 2,
}
