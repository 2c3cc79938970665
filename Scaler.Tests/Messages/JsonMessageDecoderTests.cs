using System.Text;

namespace Scaler.Tests.Messages;

public sealed class JsonMessageDecoderTests
{
    [Theory]
    [InlineData("""{"event":"chat","args":["hello"]}""", "chat", """["hello"]""")]
    [InlineData("""{"args":[1,{"a":[2]}],"event":"chat"}""", "chat", """[1,{"a":[2]}]""")]
    [InlineData("""{"event":"chat"}""", "chat", "")]
    [InlineData(""" { "event" : "chat" , "args" : [ ] , "id" : {"x":[1]} } """, "chat", "[ ]")]
    [InlineData("""{"event":"\u0063h\"at"}""", "ch\"at", "")]
    [InlineData("""{"\u0065vent":"chat"}""", "chat", "")]
    [InlineData("""{"event":"plaudern-ä-😀"}""", "plaudern-ä-😀", "")]
    [InlineData("""{"event":"first","event":"second"}""", "second", "")]
    public void Decode_ValidMessage_FindsEventAndArguments(string json, string name, string arguments)
    {
        Assert.Equal(DecodeOutcome.Decoded, Decode(json, out var message));
        Assert.Equal(name, Encoding.UTF8.GetString(message.Event.Span));
        Assert.Equal(arguments, Encoding.UTF8.GetString(message.Arguments.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("""{"event":"chat" """)]
    [InlineData("""{"event":"chat"} {}""")]
    [InlineData("""{"event":"chat",}""")]
    [InlineData("""{'event':'chat'}""")]
    [InlineData("[1")]
    [InlineData("1 2")]
    [InlineData("[]x")]
    [InlineData("NaN")]
    public void Decode_InvalidJson_ReturnsNotParsed(string json) => Assert.Equal(DecodeOutcome.NotParsed, Decode(json, out _));

    [Fact]
    public void Decode_InvalidUtf8OrTooDeepNesting_ReturnsNotParsed()
    {
        Assert.Equal(DecodeOutcome.NotParsed, JsonMessageDecoder.Instance.Decode(new byte[] { 0xFF, 0xFE }, true, out _));
        Assert.Equal(DecodeOutcome.NotParsed, Decode(new string('[', 10_000) + new string(']', 10_000), out _));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["event","chat"]""")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"chat\"")]
    [InlineData("true")]
    public void Decode_JsonThatIsNotAnObject_ReturnsNotAnObject(string json) =>
        Assert.Equal(DecodeOutcome.NotAnObject, Decode(json, out _));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"args":[]}""")]
    [InlineData("""{"event":""}""")]
    [InlineData("""{"event":7}""")]
    [InlineData("""{"event":null}""")]
    [InlineData("""{"event":["chat"]}""")]
    [InlineData("""{"Event":"chat"}""")]
    public void Decode_WithoutAnEventName_ReturnsNoEvent(string json) => Assert.Equal(DecodeOutcome.MissingEvent, Decode(json, out _));

    [Theory]
    [InlineData("""{"event":"chat","args":"hello"}""")]
    [InlineData("""{"event":"chat","args":{}}""")]
    [InlineData("""{"event":"chat","args":null}""")]
    public void Decode_ArgumentsThatAreNotAnArray_ReturnsBadArguments(string json)
    {
        Assert.Equal(DecodeOutcome.InvalidArguments, Decode(json, out var message));
        Assert.Equal("chat", Encoding.UTF8.GetString(message.Event.Span));
    }

    [Fact]
    public void Decode_RandomlyChangedMessage_NeverThrows()
    {
        var random = new Random(7);
        var original = Encoding.UTF8.GetBytes("""{"event":"ch\u0061t","args":["hello",{"a":[1,2.5e3,true,null]}],"more":{}}""");
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = original[..random.Next(original.Length + 1)];
            for (var change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            JsonMessageDecoder.Instance.Decode(bytes, false, out _);
        }
    }

    private static DecodeOutcome Decode(string json, out DecodedMessage message) =>
        JsonMessageDecoder.Instance.Decode(Encoding.UTF8.GetBytes(json), false, out message);
}
