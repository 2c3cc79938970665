namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Verifies that the messages of one receiver arrive unaltered, exactly once and in order. It allocates nothing unless it fails.
/// </summary>
/// <param name="text">The format of the messages.</param>
/// <param name="receiver">The server and the receiver, for error messages.</param>
internal sealed class MessageCheck(NumberedText text, string receiver)
{
    private long _next;
    private volatile bool _skipping;

    /// <summary>Gets the server and the receiver, for error messages.</summary>
    public string Receiver => receiver;

    /// <summary>Gets the number of the next message, which is the number of messages so far if none was skipped.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>
    /// Ignores all messages until the one with the given number arrives. Messages that are sent before the server has subscribed
    /// for this receiver may be lost.
    /// </summary>
    public void SkipTo(long number)
    {
        _skipping = true;
        Volatile.Write(ref _next, number);
    }

    /// <summary>Verifies a message.</summary>
    /// <returns><see langword="true"/> if the message is the next one; <see langword="false"/> if it is ignored.</returns>
    /// <exception cref="InvalidDataException">The message is altered, was received before, or is not the next one.</exception>
    public bool Verify(ReadOnlySpan<byte> message)
    {
        if (text.Matches(message, _next))
        {
            _skipping = false;
            Volatile.Write(ref _next, _next + 1);
            return true;
        }

        return _skipping ? false : throw new InvalidDataException($"{receiver}: {text.Difference(message, _next)}");
    }
}
