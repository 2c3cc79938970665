namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Represents the protocol of one kind of server over a WebSocket.</summary>
internal abstract class WireProtocol
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
    public virtual bool SendsReadyFrame => true;

    /// <summary>Returns the text frame of a message that the server echoes.</summary>
    public abstract string Message(string text);

    /// <summary>Returns the text frame of a message to the other connections of the sender's account.</summary>
    public virtual string Chat(string text) => throw new NotSupportedException($"{GetType().Name} does not support accounts.");

    /// <summary>Gets the text frame that answers a ping of the server; <see langword="null"/> if there is none.</summary>
    public virtual string? Pong => null;

    /// <summary>Parses the next record of a text frame of the server.</summary>
    /// <param name="payload">The payload of the frame, not empty. On return, the records that follow.</param>
    /// <param name="text">
    /// The text of a message; the whole record if the message does not have the form that the server sends, so that its
    /// verification fails.
    /// </param>
    /// <returns>The kind of the record.</returns>
    public abstract FrameKind Read(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text);

    /// <summary>Returns the part of a record between its start and its end; the whole record if it does not have them.</summary>
    protected static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> record, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end) =>
        record.Length >= start.Length + end.Length && record.StartsWith(start) && record.EndsWith(end)
            ? record[start.Length..^end.Length]
            : record;
}
