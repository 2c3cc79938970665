namespace Scaler.EngineIO.Protocol.V3;

/// <summary>
/// Decodes protocol 3 packets. The text form differs from protocol 4 only in base64 packets, which keep their type:
/// <c>b4AQID</c>.
/// </summary>
internal static class PacketCodec
{
    public static PacketParseError DecodeText(ReadOnlySpan<byte> source, out Packet packet)
    {
        if (source.IsEmpty || source[0] != (byte)'b')
        {
            return Protocol.PacketCodec.Decode(source, out packet);
        }

        if (source.Length < 2 || !Protocol.PacketCodec.TryGetPacketType(source[1], out var type))
        {
            packet = default;
            return PacketParseError.UnknownType;
        }

        packet = new Packet(type, PacketBodyFormat.Base64, 2, source.Length - 2);
        return PacketParseError.None;
    }

    // 04 01 02 03: message 01 02 03. The type is the byte value, not its digit character.
    public static PacketParseError DecodeBinary(ReadOnlySpan<byte> source, out Packet packet)
    {
        packet = default;
        if (source.IsEmpty)
        {
            return PacketParseError.Empty;
        }

        if (source[0] > (byte)PacketType.Noop)
        {
            return PacketParseError.UnknownType;
        }

        packet = new Packet((PacketType)source[0], PacketBodyFormat.Binary, 1, source.Length - 1);
        return PacketParseError.None;
    }
}
