namespace Scaler.EngineIO.Fuzz;

/// <summary>
/// Detects reads and writes outside the input by running a target on a slice of a larger buffer. In one run the bytes around the
/// slice look like more payload; in another run they are valid in no payload. A different result reveals a read outside the
/// slice, and a changed byte reveals a write.
/// </summary>
internal static class GuardedBuffer
{
    private const int Margin = 32;

    /// <summary>Runs the target on the input alone and with each kind of surrounding bytes.</summary>
    public static void Run(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        var expected = target(input.ToArray());
        foreach (var poison in (ReadOnlySpan<byte>)[0xFF, (byte)'4'])
        {
            var buffer = new byte[input.Length + (2 * Margin)];
            Array.Fill(buffer, poison);
            input.CopyTo(buffer.AsSpan(Margin));
            var result = target(buffer.AsMemory(Margin, input.Length));
            Invariant.Require(result == expected, "The result depends on bytes outside the input.");
            Invariant.Require(input.SequenceEqual(buffer.AsSpan(Margin, input.Length)), "The target changed its input.");
            CheckMargins(buffer, input.Length, poison);
        }
    }

    /// <summary>Runs an action that writes to a buffer, and checks that no bytes around the buffer change.</summary>
    /// <param name="length">The length of the buffer, in bytes.</param>
    /// <param name="action">The action, which returns the number of bytes written.</param>
    /// <returns>The bytes written.</returns>
    public static byte[] Write(int length, Func<Memory<byte>, int> action)
    {
        const byte Poison = 0xA5;
        var buffer = new byte[length + (2 * Margin)];
        Array.Fill(buffer, Poison);
        var written = action(buffer.AsMemory(Margin, length));
        Invariant.Require(written >= 0 && written <= length, "The number of bytes written is outside the range of the buffer.");
        CheckMargins(buffer, length, Poison);
        return buffer.AsSpan(Margin, written).ToArray();
    }

    private static void CheckMargins(ReadOnlySpan<byte> buffer, int length, byte poison) => Invariant.Require(
        !buffer[..Margin].ContainsAnyExcept(poison) && !buffer[(Margin + length)..].ContainsAnyExcept(poison),
        "A byte outside the buffer was written.");
}
