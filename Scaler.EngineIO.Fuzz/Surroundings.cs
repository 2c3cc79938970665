namespace Scaler.EngineIO.Fuzz;

/// <summary>
/// Runs a target over a slice of a larger buffer. Once what lies around the slice looks like more of a payload, and once
/// like no part of any: a target that comes to another result has read outside, and one that changed it has written there.
/// </summary>
internal static class Surroundings
{
    private const int Margin = 32;

    /// <summary>Runs the target over the input in all surroundings.</summary>
    public static void Run(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        var alone = target(input.ToArray());
        foreach (var poison in (ReadOnlySpan<byte>)[0xFF, (byte)'4'])
        {
            var buffer = new byte[input.Length + (2 * Margin)];
            Array.Fill(buffer, poison);
            input.CopyTo(buffer.AsSpan(Margin));
            var result = target(buffer.AsMemory(Margin, input.Length));
            Property.Holds(result == alone, "The result depends on what lies around the input.");
            Property.Holds(input.SequenceEqual(buffer.AsSpan(Margin, input.Length)), "The input was changed.");
            CheckMargins(buffer, input.Length, poison);
        }
    }

    /// <summary>Runs an action that writes into a span of this length, and checks what lies around it.</summary>
    public static byte[] Write(int length, Func<Memory<byte>, int> action)
    {
        const byte Poison = 0xA5;
        var buffer = new byte[length + (2 * Margin)];
        Array.Fill(buffer, Poison);
        var written = action(buffer.AsMemory(Margin, length));
        Property.Holds(written >= 0 && written <= length, "More was written than there is room for.");
        CheckMargins(buffer, length, Poison);
        return buffer.AsSpan(Margin, written).ToArray();
    }

    private static void CheckMargins(ReadOnlySpan<byte> buffer, int length, byte poison) => Property.Holds(
        !buffer[..Margin].ContainsAnyExcept(poison) && !buffer[(Margin + length)..].ContainsAnyExcept(poison),
        "Something was written outside.");
}
