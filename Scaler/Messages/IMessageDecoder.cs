namespace Scaler;

/// <summary>Reads what clients send. It is called for every message, from many threads at once.</summary>
public interface IMessageDecoder
{
    /// <summary>Reads a message.</summary>
    /// <param name="data">What the client sent; valid only during the message's handling.</param>
    /// <param name="isBinary">Whether it came as a binary message.</param>
    /// <param name="message">What was read. Its memory may be parts of <paramref name="data"/>.</param>
    /// <returns>How it went; anything but <see cref="DecodeOutcome.Decoded"/> raises the error event of that name.</returns>
    DecodeOutcome Decode(ReadOnlyMemory<byte> data, bool isBinary, out DecodedMessage message);
}
