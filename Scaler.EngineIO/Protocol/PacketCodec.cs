namespace Scaler.EngineIO.Protocol;

/// <summary>Decodes protocol 4 packets in text form, as used in polling payloads and WebSocket text frames.</summary>
internal static class PacketCodec
{
    // 4hello      message "hello"
    // bAQIDBA==   message 01 02 03 04. 'b' replaces the type digit, so a '4' that follows it is base64, not a type.
    public static PacketParseError Decode(ReadOnlySpan<byte> source, out Packet packet)
    {
        packet = default;
        if (source.IsEmpty)
        {
            return PacketParseError.Empty;
        }

        if (source[0] == (byte)'b')
        {
            packet = new Packet(PacketType.Message, PacketBodyFormat.Base64, 1, source.Length - 1);
            return PacketParseError.None;
        }

        if (!TryGetPacketType(source[0], out var type))
        {
            return PacketParseError.UnknownType;
        }

        packet = new Packet(type, PacketBodyFormat.Text, 1, source.Length - 1);
        return PacketParseError.None;
    }

    /// <summary>Converts a digit character to its packet type.</summary>
    public static bool TryGetPacketType(byte digit, out PacketType type)
    {
        type = (PacketType)(digit - '0');
        return type <= PacketType.Noop;
    }

    /// <summary>Returns the digit character of a packet type.</summary>
    public static byte ToDigit(PacketType type) => (byte)('0' + (byte)type);
}
