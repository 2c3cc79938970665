using System.Text;

namespace Scaler.Tests.Helpers;

/// <summary>Represents a violation of RFC 6455 by frames, and the close code it requires.</summary>
/// <param name="Name">The description of the violation, with its section of RFC 6455.</param>
/// <param name="Frames">The bytes to send.</param>
/// <param name="Code">The expected close code.</param>
internal sealed record Violation(string Name, byte[] Frames, int Code)
{
    private const int Protocol = 1002;
    private const int Data = 1007;
    private const int Policy = 1008;
    private const int TooBig = 1009;

    public static IReadOnlyList<Violation> All { get; } = [.. Headers(), .. Order(), .. Closes(), .. Texts(), .. Sizes()];

    private static IEnumerable<Violation> Headers()
    {
        foreach (var bit in new[] { 0x40, 0x20, 0x10 })
        {
            yield return new($"reserved bit {bit:x} of a message (5.2)", RawWebSocket.BuildFrame(1, "4a"u8, reserved: bit), Protocol);
            yield return new($"reserved bit {bit:x} of a ping (5.2)", RawWebSocket.BuildFrame(9, [], reserved: bit), Protocol);
        }

        foreach (var opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            yield return new($"opcode {opcode} (5.2)", RawWebSocket.BuildFrame(opcode, "4a"u8), Protocol);
        }

        yield return new("an unmasked text frame (5.1)", RawWebSocket.BuildFrame(1, "4a"u8, masked: false), Protocol);
        yield return new("an unmasked ping (5.1)", RawWebSocket.BuildFrame(9, [], masked: false), Protocol);
        yield return new("an unmasked close frame (5.1)", RawWebSocket.BuildFrame(8, [], masked: false), Protocol);
        foreach (var opcode in new[] { 8, 9, 10 })
        {
            yield return new(
                $"a fragmented control frame with opcode {opcode} (5.5)", RawWebSocket.BuildFrame(opcode, [], final: false), Protocol);
            yield return new(
                $"a control frame of 126 bytes with opcode {opcode} (5.5)", RawWebSocket.BuildFrame(opcode, new byte[126]), Protocol);
        }

        yield return new("a length of 125 in two bytes (5.2)", [0x82, 0xFE, 0, 125, 1, 2, 3, 4, .. new byte[125]], Protocol);
        yield return new(
            "a length of 65,535 in eight bytes (5.2)", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4], Protocol);
        yield return new("the highest bit of a length set (5.2)", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4], Protocol);
    }

    private static IEnumerable<Violation> Order()
    {
        yield return new("a continuation without a message (5.4)", RawWebSocket.BuildFrame(0, "4a"u8), Protocol);
        yield return new(
            "a non-final continuation without a message (5.4)", RawWebSocket.BuildFrame(0, "4a"u8, final: false), Protocol);
        yield return new(
            "a message within a message (5.4)", [.. RawWebSocket.BuildFrame(1, "4a"u8, final: false), .. RawWebSocket.BuildFrame(1, "4b"u8)], Protocol);
        yield return new(
            "a binary message within a text (5.4)", [.. RawWebSocket.BuildFrame(1, "4a"u8, final: false), .. RawWebSocket.BuildFrame(2, "b"u8, final: false)], Protocol);
    }

    private static IEnumerable<Violation> Closes()
    {
        yield return new("a close frame with a payload of one byte (5.5.1)", RawWebSocket.BuildFrame(8, [3]), Protocol);
        foreach (var code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535 })
        {
            yield return new($"close code {code} (7.4)", RawWebSocket.BuildFrame(8, [(byte)(code >> 8), (byte)code]), Protocol);
        }

        yield return new("a close reason that is not UTF-8 (5.5.1)", RawWebSocket.BuildFrame(8, [3, 0xE8, 0xC3, 0x28]), Data);
    }

    private static IEnumerable<Violation> Texts()
    {
        foreach (var (name, bytes) in new (string, byte[])[]
        {
            ("an invalid continuation byte", [0xC3, 0x28]),
            ("an overlong form", [0xC0, 0xAF]),
            ("half of a surrogate pair", [0xED, 0xA0, 0x80]),
            ("a code point above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
            ("a truncated character", [0xE2, 0x82]),
            ("a byte that is never valid", [0xFF]),
        })
        {
            yield return new($"{name} in a text (8.1)", RawWebSocket.BuildFrame(1, [(byte)'4', .. bytes]), Data);
            yield return new(
                $"{name} in a fragmented text (8.1)",
                [.. RawWebSocket.BuildFrame(1, Encoding.UTF8.GetBytes("4é"), final: false), .. RawWebSocket.BuildFrame(0, bytes)], Data);
        }
    }

    private static IEnumerable<Violation> Sizes()
    {
        yield return new("a frame above the limit (10.4)", RawWebSocket.BuildFrame(2, new byte[1_000_001])[..14], TooBig);
        yield return new("a frame of nearly 2^63 bytes (10.4)", [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], TooBig);
        yield return new(
            "fragments above the limit (10.4)",
            [.. RawWebSocket.BuildFrame(2, new byte[10], final: false), .. RawWebSocket.BuildFrame(0, new byte[999_991])[..14]], TooBig);
        yield return new(
            "more fragments than allowed (10.4)",
            [.. RawWebSocket.BuildFrame(2, [], final: false), .. Enumerable.Repeat(RawWebSocket.BuildFrame(0, [], final: false), 1024).SelectMany(static f => f)], Policy);
    }
}
