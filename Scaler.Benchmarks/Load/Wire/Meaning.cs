namespace Scaler.Benchmarks.Load.Wire;

/// <summary>What a frame of a server says to its client.</summary>
internal enum Meaning
{
    /// <summary>Nothing that counts.</summary>
    Other,

    /// <summary>One or several messages of the application.</summary>
    Message,

    /// <summary>The session is open.</summary>
    Ready,

    /// <summary>The server wants an answer.</summary>
    Ping,
}
