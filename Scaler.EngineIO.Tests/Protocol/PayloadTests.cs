using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Tests.Protocol;

/// <summary>
/// Tests the payload codecs of both protocols: whole payloads, slices of a larger buffer, truncation at every index, random
/// bytes.
/// </summary>
public sealed class PayloadTests
{
    private delegate PayloadReadResult Reader(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error);

    private static Reader ReaderOf(string codec) => codec switch
    {
        "v4" => PayloadCodec.Read,
        "v3 text" => V3.TextPayloadCodec.Read,
        _ => V3.BinaryPayloadCodec.Read,
    };

    /// <summary>Reads a payload into a description such as <c>Message:hello Ping:</c>. An error ends the description.</summary>
    private static string Describe(string codec, ReadOnlySpan<byte> payload)
    {
        var read = ReaderOf(codec);
        var text = new List<string>();
        var position = 0;
        while (true)
        {
            var before = position;
            var step = read(payload, ref position, out var packet, out var error);
            if (step == PayloadReadResult.End)
            {
                Assert.Equal(PacketParseError.None, error);
                return string.Join(' ', text);
            }

            if (step == PayloadReadResult.Invalid)
            {
                Assert.NotEqual(PacketParseError.None, error);
                text.Add("!" + error);
                return string.Join(' ', text);
            }

            Assert.True(position > before, "The reader did not advance, so the loop would never end.");
            var body = payload.Slice(packet.Offset, packet.Length);
            text.Add(packet.Type + ":" + packet.BodyFormat switch
            {
                PacketBodyFormat.Binary => Convert.ToHexString(body),
                PacketBodyFormat.Base64 => "b64," + Encoding.UTF8.GetString(body),
                _ => Encoding.UTF8.GetString(body),
            });
        }
    }

    public static TheoryData<string, byte[], string> Payloads
    {
        get
        {
            var data = new TheoryData<string, byte[], string>();
            void Text(string codec, string payload, string expected) => data.Add(codec, Encoding.UTF8.GetBytes(payload), expected);
            Text("v4", "4hello", "Message:hello");
            Text("v4", "4", "Message:");
            Text("v4", "4a\x1e" + "4b\x1e" + "2probe", "Message:a Message:b Ping:probe");
            Text("v4", "bAQIDBA==", "Message:b64,AQIDBA==");
            Text("v4", "b", "Message:b64,");
            // A leading '4' in the base64 data is not the prefix of a message packet.
            Text("v4", "b4AQIDBA=", "Message:b64,4AQIDBA=");
            Text("v4", "0{}\x1e" + "1\x1e" + "2\x1e" + "3\x1e" + "5\x1e" + "6", "Open:{} Close: Ping: Pong: Upgrade: Noop:");
            Text("v4", "", "!Empty");
            Text("v4", "\x1e", "!Empty");
            Text("v4", "4a\x1e", "Message:a !Empty");
            Text("v4", "7", "!UnknownType");
            Text("v4", "/", "!UnknownType");
            Text("v4", "4a\x1e" + "x\x1e" + "4b", "Message:a !UnknownType");
            Text("v3 text", "6:4hello", "Message:hello");
            Text("v3 text", "6:4hello2:4€", "Message:hello Message:€");
            // Protocol 3 counts UTF-16 code units: each of these characters counts as two.
            Text("v3 text", "5:4😀😀2:4a", "Message:😀😀 Message:a");
            Text("v3 text", "3:4éa", "Message:éa");
            // The boundaries of UTF-8 lengths: the last character of each length, and the first of the next (such as E0 A0 80).
            Text("v3 text", "7:4\x7f\u0080\u07FF\u0800\uFFFFa", "Message:\x7f\u0080\u07FF\u0800\uFFFFa");
            Text("v3 text", "6:4\U00010000\U0010FFFFa", "Message:\U00010000\U0010FFFFa");
            Text("v3 text", "10:b4AQIDBA==", "Message:b64,AQIDBA==");
            Text("v3 text", "2:b4", "Message:b64,");
            Text("v3 text", "1:1", "Close:");
            Text("v3 text", "", "!Empty");
            Text("v3 text", "0:", "!Empty");
            Text("v3 text", "x", "!BadLength");
            Text("v3 text", ":4", "!BadLength");
            Text("v3 text", "4", "!BadLength");
            Text("v3 text", "-1:4", "!BadLength");
            Text("v3 text", "1a:4", "!BadLength");
            Text("v3 text", "12345678901:4", "!BadLength");
            Text("v3 text", "4294967297:4", "!BadLength");
            // One digit more than a length may have, although the value is small.
            Text("v3 text", "00000000002:4a", "!BadLength");
            Text("v3 text", "0000000002:4a", "Message:a");
            Text("v3 text", "3:4a", "!Truncated");
            // The stated length equals the number of bytes, but the text has fewer UTF-16 code units.
            Text("v3 text", "5:4😀", "!Truncated");
            Text("v3 text", "4:4€", "!Truncated");
            Text("v3 text", "2:4😀", "!SplitCharacter");
            Text("v3 text", "1:7", "!UnknownType");
            Text("v3 text", "1:b", "!UnknownType");
            Text("v3 text", "2:bx", "!UnknownType");
            void Bytes(byte[] payload, string expected) => data.Add("v3 binary", payload, expected);
            Bytes([0, 6, 255, .. "4hello"u8], "Message:hello");
            Bytes([1, 5, 255, 4, 1, 2, 3, 4], "Message:01020304");
            Bytes([0, 2, 255, (byte)'4', (byte)'a', 1, 1, 2, 255, 4, .. new byte[11]], "Message:a Message:" + new string('0', 22));
            Bytes([1, 1, 255, 4], "Message:");
            Bytes([1, 1, 255, 6], "Noop:");
            Bytes([], "!Empty");
            Bytes([2, 1, 255, 4], "!UnknownKind");
            Bytes([1, 255, 4], "!BadLength");
            Bytes([1], "!BadLength");
            Bytes([1, 1, 4], "!BadLength");
            Bytes([1, 10, 255, 4], "!BadLength");
            Bytes([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 255, 4], "!BadLength");
            Bytes([1, 2, 255, 4], "!Truncated");
            Bytes([1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, 4], "!Truncated");
            Bytes([1, 0, 255], "!Empty");
            Bytes([0, 0, 255], "!Empty");
            Bytes([1, 1, 255, 7], "!UnknownType");
            Bytes([0, 1, 255, 4], "!UnknownType");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Read_WholePayloadOrSliceOfLargerBuffer_ReturnsTheSamePackets(string codec, byte[] payload, string expected)
    {
        Assert.Equal(expected, Describe(codec, payload));
        byte[] larger = [0x34, 0x1e, 0xFF, .. payload, 0x1e, 0x34, 0xFF];
        Assert.Equal(expected, Describe(codec, larger.AsSpan(3, payload.Length)));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Read_TruncatedAtEveryIndex_NeverThrowsAndReturnsNoOtherPackets(string codec, byte[] payload, string expected)
    {
        for (var length = 0; length < payload.Length; length++)
        {
            var whole = Describe(codec, payload).Split(' ');
            var cut = Describe(codec, payload.AsSpan(0, length)).Split(' ');
            // All packets of the truncated payload but the last equal the first packets of the whole payload.
            Assert.Equal(whole.Take(cut.Length - 1), cut.Take(cut.Length - 1));
        }

        Assert.NotEmpty(expected);
    }

    [Theory]
    [InlineData("v4")]
    [InlineData("v3 text")]
    [InlineData("v3 binary")]
    public void Read_RandomBytes_NeverThrowsAndTerminates(string codec)
    {
        var random = new Random(4711);
        var alphabet = codec == "v3 binary" ? (byte[])[0, 1, 2, 9, 255, 4, (byte)'4'] : Encoding.UTF8.GetBytes("0123456:b\x1e€😀");
        for (var round = 0; round < 20_000; round++)
        {
            var payload = new byte[random.Next(24)];
            for (var index = 0; index < payload.Length; index++)
            {
                payload[index] = random.Next(4) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            if (codec != "v3 binary")
            {
                payload = Utf8Text.ReplaceInvalidSequences(payload).ToArray();
            }

            Describe(codec, payload);
        }
    }

    [Theory]
    [InlineData("v4")]
    [InlineData("v3 text")]
    [InlineData("v3 binary")]
    public void Write_RandomPackets_RoundTrips(string codec)
    {
        var random = new Random(42);
        for (var round = 0; round < 500; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            var expected = new List<string>();
            long maxLength = 0;
            for (var count = random.Next(1, 6); count > 0; count--)
            {
                var isText = random.Next(2) == 0;
                var data = isText
                    ? Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "aé€😀\n"[random.Next(3)])))
                    : RandomBytes(random, random.Next(5000));
                var body = isText ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
                switch (codec)
                {
                    case "v4":
                        maxLength += PayloadCodec.GetEncodedLength(body, data.Length) + 1;
                        PayloadCodec.Write(output, expected.Count == 0, PacketType.Message, body, data);
                        break;
                    case "v3 text":
                        maxLength += V3.TextPayloadCodec.GetMaxEncodedLength(body, data.Length);
                        V3.TextPayloadCodec.Write(output, PacketType.Message, body, data);
                        break;
                    default:
                        maxLength += V3.BinaryPayloadCodec.GetMaxEncodedLength(data.Length);
                        V3.BinaryPayloadCodec.Write(output, PacketType.Message, body, data);
                        break;
                }

                expected.Add("Message:" + (isText ? Encoding.UTF8.GetString(data)
                    : codec == "v3 binary" ? Convert.ToHexString(data) : "b64," + Convert.ToBase64String(data)));
            }

            Assert.True(output.WrittenCount <= maxLength, "The encoded packets are longer than the computed maximum.");
            Assert.Equal(string.Join(' ', expected), Describe(codec, output.WrittenSpan));
        }
    }

    [Fact]
    public void Count_Payload_ReturnsSeparatorsPlusOne()
    {
        Assert.Equal(1, PayloadCodec.CountPackets(""u8));
        Assert.Equal(3, PayloadCodec.CountPackets("4a\u001e4b\u001e"u8));
        Assert.Equal(1, PayloadCodec.GetEncodedLength(PacketBodyFormat.Text, 0));
        Assert.Equal(5, PayloadCodec.GetEncodedLength(PacketBodyFormat.Binary, 1));
    }

    [Fact]
    public void DecodeBinary_FirstByte_IsThePacketType()
    {
        Assert.Equal(PacketParseError.Empty, V3.PacketCodec.DecodeBinary([], out _));
        Assert.Equal(PacketParseError.UnknownType, V3.PacketCodec.DecodeBinary([7], out _));
        Assert.Equal(PacketParseError.None, V3.PacketCodec.DecodeBinary([2, 9], out var packet));
        Assert.Equal(new Packet(PacketType.Ping, PacketBodyFormat.Binary, 1, 1), packet);
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
