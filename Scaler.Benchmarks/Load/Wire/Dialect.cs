namespace Scaler.Benchmarks.Load.Wire;

/// <summary>How one kind of server is spoken to over a WebSocket.</summary>
internal abstract class Dialect
{
    /// <summary>What the WebSocket is asked for at.</summary>
    public abstract string Target(string account);

    /// <summary>What a client says after the 101, if anything.</summary>
    public virtual string? Hello => null;

    /// <summary>Whether the server says when the session is open; otherwise the 101 does.</summary>
    public virtual bool TellsReady => true;

    /// <summary>The text frame of a message that is echoed.</summary>
    public abstract string Message(string text);

    /// <summary>The text frame of a message that goes to the other connections of the sender's account.</summary>
    public virtual string Chat(string text) => throw new NotSupportedException($"{GetType().Name} knows no accounts.");

    /// <summary>The answer to the server's ping.</summary>
    public virtual string? Pong => null;

    /// <summary>What a text frame says, and how many messages it holds.</summary>
    public abstract Meaning Read(ReadOnlySpan<byte> payload, out int messages);
}
