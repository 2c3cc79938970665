namespace Scaler.EngineIO.Protocol;

/// <summary>One protocol 4 packet in text form, as it stands in a polling payload or a WebSocket text frame.</summary>
internal static class PacketCodec
{
    // 4hello      message "hello"
    // bAQIDBA==   message 01 02 03 04. 'b' stands in the place of the type digit, so the base64 text may itself
    //             begin with '4'; it is no message prefix then.
    public static PacketParseError Decode(ReadOnlySpan<byte> source, out Packet packet)
    {
        packet = default;
        if (source.IsEmpty)
        {
            return PacketParseError.Empty;
        }

        if (source[0] == (byte)'b')
        {
            packet = new Packet(PacketType.Message, PacketBody.Base64, 1, source.Length - 1);
            return PacketParseError.None;
        }

        if (!TryType(source[0], out var type))
        {
            return PacketParseError.UnknownType;
        }

        packet = new Packet(type, PacketBody.Text, 1, source.Length - 1);
        return PacketParseError.None;
    }

    /// <summary>The packet type that a digit stands for.</summary>
    public static bool TryType(byte digit, out PacketType type)
    {
        type = (PacketType)(digit - '0');
        return type <= PacketType.Noop;
    }

    /// <summary>The digit of a packet type.</summary>
    public static byte Digit(PacketType type) => (byte)('0' + (byte)type);
}
