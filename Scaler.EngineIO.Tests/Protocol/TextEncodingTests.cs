using System.Buffers;
using System.Text;
using System.Text.Json;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Tests.Protocol;

/// <summary>Tests base64, JSONP, the open packet, and the repair of invalid UTF-8 from clients.</summary>
public sealed class TextEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("AQIDBA==", "01020304")]
    [InlineData("AQIDBA", "01020304")]
    [InlineData("AQID", "010203")]
    [InlineData("AQI", "0102")]
    [InlineData("AQ", "01")]
    [InlineData("A", "")]
    [InlineData("AQ ID\nBA==", "01020304")]
    [InlineData("-_+/", "FBFFBF")]
    [InlineData("-_8=", "FBFF")]
    [InlineData("!AQ{ID", "010203")]
    [InlineData("AQ==ID", "01")]
    [InlineData("za09 Zz", "CDAD3D67")]
    public void Decode_MalformedBase64_IsLenient(string text, string expected)
    {
        var output = new byte[Base64Text.GetMaxDecodedLength(text.Length)];
        var length = Base64Text.Decode(Encoding.ASCII.GetBytes(text), output);
        Assert.Equal(expected, Convert.ToHexString(output.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(3071)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(10_000)]
    public void Encode_AnyLength_EqualsTheFrameworksBase64(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        var output = new ArrayBufferWriter<byte>();
        Base64Text.Encode(data, output);
        Assert.Equal(Convert.ToBase64String(data), Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, Base64Text.GetEncodedLength(length));
        var decoded = new byte[Base64Text.GetMaxDecodedLength(output.WrittenCount)];
        Assert.Equal(data, decoded[..Base64Text.Decode(output.WrittenSpan, decoded)]);
    }

    [Fact]
    public void Decode_RandomText_StaysWithinMaxDecodedLength()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new byte[random.Next(20)];
            random.NextBytes(text);
            var output = new byte[Base64Text.GetMaxDecodedLength(text.Length)];
            Assert.InRange(Base64Text.Decode(text, output), 0, output.Length);
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\"quoted\\\" \n\r\t\b\f\0\x1f\x1e")]
    [InlineData("\u2028\u2029\u2027\u20AC\u2022")]
    [InlineData("</script><!--")]
    [InlineData("é€😀")]
    [InlineData("")]
    public void Jsonp_Write_ProducesAScriptWithThePayloadAsString(string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        Jsonp.WriteScript(output, "0", Encoding.UTF8.GetBytes(payload));
        var script = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.StartsWith("___eio[0](\"", script, StringComparison.Ordinal);
        Assert.EndsWith("\");", script, StringComparison.Ordinal);
        Assert.DoesNotContain(script, static character => character is < ' ' or '\u2028' or '\u2029' or '<');
        Assert.Equal(payload, JsonSerializer.Deserialize<string>(script["___eio[0](".Length..^2]));
    }

    [Theory]
    [InlineData("d=4a", "4a")]
    [InlineData("x=1&d=4a&y=2", "4a")]
    [InlineData("d=4a+b%20c", "4a b c")]
    [InlineData("d=%e2%82%AC", "€")]
    [InlineData("d=100%", "100%")]
    [InlineData("d=%zz%4", "%zz%4")]
    [InlineData("d=%4z", "%4z")]
    [InlineData("d=a\\nb", "a\nb")]
    [InlineData("d=\\n", "\n")]
    [InlineData("d=a\\\\nb", "a\\nb")]
    [InlineData("d=a\\", "a\\")]
    [InlineData("d=a\\tb", "a\\tb")]
    [InlineData("d=", "")]
    [InlineData("x=1", null)]
    [InlineData("dd=1", null)]
    [InlineData("", null)]
    public void Jsonp_TryReadForm_ReturnsThePayload(string form, string? expected)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(expected is not null, Jsonp.TryReadForm(Encoding.UTF8.GetBytes(form), output));
        Assert.Equal(expected ?? "", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Jsonp_Write_KeepsOnlyTheDigitsOfTheIndex()
    {
        var output = new ArrayBufferWriter<byte>();
        Jsonp.WriteScript(output, "1](alert(1))//2\u0663", "4"u8);
        Assert.Equal("___eio[112](\"4\");", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void OpenPacket_SidWithAQuote_IsEscaped()
    {
        var output = new ArrayBufferWriter<byte>();
        new OpenPacket("a\"b", true, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(20), 5).Write(output);
        using var json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal("a\"b", json.RootElement.GetProperty("sid").GetString());
        Assert.Equal(300, json.RootElement.GetProperty("pingInterval").GetInt32());
        Assert.Equal(20_000, json.RootElement.GetProperty("pingTimeout").GetInt32());
        Assert.Equal(5, json.RootElement.GetProperty("maxPayload").GetInt32());
    }

    [Theory]
    [InlineData(true, "[\"websocket\"]")]
    [InlineData(false, "[]")]
    public void OpenPacket_Write_ListsTheAvailableUpgrades(bool upgrades, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        new OpenPacket("a", upgrades, default, default, 5).Write(output);
        using var json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(expected, json.RootElement.GetProperty("upgrades").GetRawText());
    }

    [Fact]
    public void Repair_ValidUtf8_ReturnsTheSameMemory()
    {
        ReadOnlyMemory<byte> valid = Encoding.UTF8.GetBytes("é€😀");
        // ReadOnlyMemory<T>.Equals compares the underlying object and range: the result is the same memory, not a copy.
        Assert.True(valid.Equals(Utf8Text.ReplaceInvalidSequences(valid)));
        Assert.Equal("a\uFFFDb"u8.ToArray(), Utf8Text.ReplaceInvalidSequences(new byte[] { (byte)'a', 0xFF, (byte)'b' }).ToArray());
    }
}
