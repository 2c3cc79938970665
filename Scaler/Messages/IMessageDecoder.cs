namespace Scaler;

/// <summary>
/// Decodes the messages of clients. Implementations must be thread-safe: the server decodes many messages concurrently.
/// </summary>
public interface IMessageDecoder
{
    /// <summary>Decodes a message.</summary>
    /// <param name="data">The message from the client. The memory is valid only while the message is handled.</param>
    /// <param name="isBinary">
    /// <see langword="true"/> if the client sent a binary message; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="message">The decoded message. It may reference parts of <paramref name="data"/>.</param>
    /// <returns>
    /// The outcome. Every value except <see cref="DecodeOutcome.Decoded"/> raises the error event that
    /// <see cref="DecodeOutcome"/> documents.
    /// </returns>
    DecodeOutcome Decode(ReadOnlyMemory<byte> data, bool isBinary, out DecodedMessage message);
}
