namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Represents the protocol of one kind of server over a WebSocket.</summary>
internal abstract class Dialect
{
    /// <summary>Returns the request target of the WebSocket handshake.</summary>
    public abstract string Target(string account);

    /// <summary>
    /// Gets the text frame that a client sends after the 101 response; <see langword="null"/> if there is none.
    /// </summary>
    public virtual string? Hello => null;

    /// <summary>
    /// Gets a value indicating whether the server sends a frame when the session is open. Otherwise, the session is open after
    /// the 101 response.
    /// </summary>
    public virtual bool TellsReady => true;

    /// <summary>Returns the text frame of a message that the server echoes.</summary>
    public abstract string Message(string text);

    /// <summary>Returns the text frame of a message to the other connections of the sender's account.</summary>
    public virtual string Chat(string text) => throw new NotSupportedException($"{GetType().Name} does not support accounts.");

    /// <summary>Gets the text frame that answers a ping of the server; <see langword="null"/> if there is none.</summary>
    public virtual string? Pong => null;

    /// <summary>Parses a text frame of the server.</summary>
    /// <param name="payload">The payload of the frame.</param>
    /// <param name="messages">The number of messages in the frame.</param>
    /// <returns>The kind of the frame.</returns>
    public abstract Meaning Read(ReadOnlySpan<byte> payload, out int messages);
}
