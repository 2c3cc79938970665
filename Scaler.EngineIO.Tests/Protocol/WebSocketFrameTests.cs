using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Tests.Protocol;

public sealed class WebSocketFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void TryParse_TruncatedHeader_IsIncompleteAtEveryIndex(int length)
    {
        var frame = RawWebSocket.BuildFrame(RawWebSocket.BinaryOpcode, new byte[length]);
        var size = frame.Length - length;
        for (var index = 0; index < size; index++)
        {
            Assert.Equal(FrameParseResult.Incomplete, FrameHeader.TryParse(frame.AsSpan(0, index), false, out _, out _, out _));
        }

        Assert.Equal(FrameParseResult.Complete, FrameHeader.TryParse(frame.AsSpan(0, size), false, out var header, out var consumed, out _));
        Assert.Equal(size, consumed);
        Assert.Equal((WebSocketOpcode.Binary, true, false, (long)length), (header.Opcode, header.Final, header.Compressed, header.Length));
        Assert.False(header.IsControl);
    }

    [Theory]
    [InlineData(0x83, 0x80, FrameError.ReservedOpcode)]
    [InlineData(0x8B, 0x80, FrameError.ReservedOpcode)]
    [InlineData(0xC1, 0x80, FrameError.ReservedBit)]
    [InlineData(0xA1, 0x80, FrameError.ReservedBit)]
    [InlineData(0x91, 0x80, FrameError.ReservedBit)]
    [InlineData(0x81, 0x00, FrameError.NotMasked)]
    [InlineData(0x09, 0x80, FrameError.FragmentedControl)]
    [InlineData(0x89, 0xFE, FrameError.ControlTooLong)]
    [InlineData(0x88, 0xFF, FrameError.ControlTooLong)]
    public void TryParse_InvalidHeader_ReturnsTheError(byte first, byte second, object error)
    {
        Assert.Equal(FrameParseResult.Invalid, FrameHeader.TryParse([first, second], false, out _, out _, out var found));
        Assert.Equal(error, found);
    }

    [Theory]
    [InlineData(0x88)]
    [InlineData(0x89)]
    [InlineData(0x8A)]
    public void TryParse_ControlFrameOfMaxLength_IsComplete(byte first)
    {
        Assert.Equal(FrameParseResult.Complete, FrameHeader.TryParse([first, 0xFD, 1, 2, 3, 4], false, out var header, out _, out _));
        Assert.True(header.IsControl);
        Assert.Equal(FrameHeader.MaxControlLength, header.Length);
    }

    [Theory]
    [InlineData(0xC1, true)]
    [InlineData(0xC2, true)]
    [InlineData(0xC0, false)]
    [InlineData(0xC9, false)]
    [InlineData(0xE1, false)]
    [InlineData(0xD1, false)]
    public void TryParse_WithCompressionNegotiated_AcceptsRsv1OnTheFirstFrameOnly(byte first, bool accepted)
    {
        var parse = FrameHeader.TryParse([first, 0x80, 1, 2, 3, 4], true, out var header, out _, out var error);
        Assert.Equal(accepted ? FrameParseResult.Complete : FrameParseResult.Invalid, parse);
        Assert.Equal(accepted ? FrameError.None : FrameError.ReservedBit, error);
        Assert.Equal(accepted, header.Compressed);
    }

    [Theory]
    [InlineData(new byte[] { 0x82, 0xFE, 0, 125, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void TryParse_NonMinimalOrNegativeLength_IsInvalid(byte[] source)
    {
        Assert.Equal(FrameParseResult.Invalid, FrameHeader.TryParse(source, false, out _, out _, out var error));
        Assert.Equal(FrameError.BadLength, error);
    }

    [Theory]
    [InlineData(0L, new byte[] { 0x81, 0 })]
    [InlineData(125L, new byte[] { 0x81, 125 })]
    [InlineData(126L, new byte[] { 0x81, 126, 0, 126 })]
    [InlineData(65535L, new byte[] { 0x81, 126, 0xFF, 0xFF })]
    [InlineData(65536L, new byte[] { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 })]
    public void Write_AnyLength_UsesTheShortestLengthEncoding(long length, byte[] expected)
    {
        Span<byte> output = stackalloc byte[FrameHeader.MaxServerLength];
        var written = FrameHeader.WriteServerHeader(output, WebSocketOpcode.Text, false, length);
        Assert.Equal(expected, output[..written].ToArray());
        Assert.Equal(written, FrameHeader.GetServerHeaderLength(length));
        FrameHeader.WriteServerHeader(output, WebSocketOpcode.Binary, true, length);
        Assert.Equal(0xC2, output[0]);
    }

    [Fact]
    public void Apply_AnyLength_EqualsBytewiseXor()
    {
        var random = new Random(6455);
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        var mask = BitConverter.ToUInt32(key);
        for (var length = 0; length < 300; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);
            var expected = data.Select((value, index) => (byte)(value ^ key[index % 4])).ToArray();
            FrameMask.Apply(data, mask);
            Assert.Equal(expected, data);
        }
    }

    [Fact]
    public void IsAcceptable_ClientMaxWindowBits_AcceptsEightToFifteen()
    {
        for (var bits = 0; bits <= 20; bits++)
        {
            Assert.Equal(bits is >= 8 and <= 15, DeflateNegotiation.IsAcceptable($"permessage-deflate; client_max_window_bits={bits}"));
        }

        foreach (var invalid in (string[])["", "x", "08", "1x", "1-", "100", "-8"])
        {
            Assert.False(DeflateNegotiation.IsAcceptable($"permessage-deflate; client_max_window_bits={invalid}"));
        }
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1003, true)]
    [InlineData(1007, true)]
    [InlineData(1014, true)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(0, false)]
    [InlineData(999, false)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1015, false)]
    [InlineData(2999, false)]
    [InlineData(5000, false)]
    public void Check_CloseCode_AcceptsOnlyCodesThatMayBeSent(int code, bool allowed)
    {
        Assert.Equal(allowed ? FrameError.None : FrameError.BadClosePayload, ClosePayload.Validate([(byte)(code >> 8), (byte)code]));
    }

    [Fact]
    public void Check_ClosePayload_AcceptsEmptyOrCodeWithUtf8Reason()
    {
        Assert.Equal(FrameError.None, ClosePayload.Validate([]));
        Assert.Equal(FrameError.BadClosePayload, ClosePayload.Validate([3]));
        Assert.Equal(FrameError.None, ClosePayload.Validate([3, 0xE8, .. "bye €"u8]));
        Assert.Equal(FrameError.InvalidUtf8, ClosePayload.Validate([3, 0xE8, 0xC3]));
    }

    [Fact]
    public void Accept_KeyOfTheRfcExample_ReturnsTheRfcResult()
    {
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketKey.ComputeAccept("dGhlIHNhbXBsZSBub25jZQ=="));
    }

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSE=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSEh", false)]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!", false)]
    [InlineData("dGhl", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ== ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsValid_Key_AcceptsOnly16BytesAsBase64(string? key, bool valid)
    {
        Assert.Equal(valid, WebSocketKey.IsValid(key));
    }

    [Theory]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate; client_max_window_bits", true)]
    [InlineData("permessage-deflate;client_max_window_bits=10 ; server_no_context_takeover;client_no_context_takeover", true)]
    [InlineData("permessage-deflate; server_max_window_bits=\"15\"", true)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", true)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", true)]
    [InlineData("permessage-deflate ; server_no_context_takeover ; client_max_window_bits = 10 ; server_max_window_bits\t=\t\"15\" ", true)]
    [InlineData("permessage-deflate; server_max_window_bits=10", false)]
    [InlineData("permessage-deflate; server_max_window_bits=14", false)]
    [InlineData("permessage-deflate; server_max_window_bits=16", false)]
    [InlineData("permessage-deflate; server_max_window_bits", false)]
    [InlineData("permessage-deflate; client_max_window_bits=7", false)]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits", false)]
    [InlineData("permessage-deflate; server_no_context_takeover=1", false)]
    [InlineData("permessage-deflate; unknown", false)]
    [InlineData("permessage-bzip2", false)]
    [InlineData("", false)]
    public void IsAcceptable_Offer_AcceptsOnlySupportedParameters(string offer, bool acceptable)
    {
        Assert.Equal(acceptable, DeflateNegotiation.IsAcceptable(offer));
    }
}
