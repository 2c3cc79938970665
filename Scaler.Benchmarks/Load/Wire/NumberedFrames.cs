namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// A ring of encoded client frames that differ only in the numbers of their messages. The numbers are patched in place, so that
/// sending allocates nothing. The frames are masked with a random key, because a server could skip the unmasking of a zero key.
/// </summary>
internal sealed class NumberedFrames
{
    private readonly byte[] _ring;
    private readonly int _frameLength;
    private readonly int _offset;
    private readonly int _slots;
    private int _slot;

    /// <summary>Initializes the frames.</summary>
    /// <param name="message">The function that creates the payload of a frame from a text.</param>
    /// <param name="text">The format of the texts.</param>
    /// <param name="depth">The maximum number of frames that are being sent at a time.</param>
    public NumberedFrames(Func<string, string> message, NumberedText text, int depth)
    {
        var template = message(text.Template);
        var frame = ClientFrame.Encode(template);
        _offset = template.IndexOf(text.Template, StringComparison.Ordinal);
        _frameLength = frame.Length;

        // Two times the depth: the frames of a batch are adjacent, and none of them is still being sent.
        _slots = 2 * depth;
        _ring = ClientFrame.Repeat(frame, _slots);
    }

    /// <summary>
    /// Returns frames with consecutive numbers. They remain valid until more than <c>depth</c> further frames are returned.
    /// </summary>
    /// <param name="first">The number of the first message.</param>
    /// <param name="count">The number of frames.</param>
    public ReadOnlyMemory<byte> Write(long first, int count)
    {
        if (_slot + count > _slots)
        {
            _slot = 0;
        }

        var batch = _ring.AsMemory(_slot * _frameLength, count * _frameLength);
        Span<byte> digits = stackalloc byte[NumberedText.Digits];
        for (var i = 0; i < count; i++)
        {
            NumberedText.Write(digits, first + i);
            ClientFrame.Overwrite(batch.Span.Slice(i * _frameLength, _frameLength), _offset, digits);
        }

        _slot += count;
        return batch;
    }
}
