using System.Text.Json;

namespace Scaler;

/// <summary>
/// Decodes messages of the form <c>{"event":"chat","args":["hello"]}</c>. Other properties are ignored; <c>args</c> is
/// optional. The decoder builds no document tree and copies no data, except an event name that contains escape sequences.
/// </summary>
public sealed class JsonMessageDecoder : IMessageDecoder
{
    private JsonMessageDecoder()
    {
    }

    /// <summary>Gets the shared instance. The decoder is stateless.</summary>
    public static JsonMessageDecoder Instance { get; } = new();

    /// <inheritdoc/>
    public DecodeOutcome Decode(ReadOnlyMemory<byte> data, bool isBinary, out DecodedMessage message)
    {
        message = default;
        try
        {
            var reader = new Utf8JsonReader(data.Span);
            if (!reader.Read())
            {
                return DecodeOutcome.NotParsed;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                // Read to the end, because the whole message must be JSON: "[1" gives NotParsed, "[1]" gives NotAnObject.
                reader.Skip();
                reader.Read();
                return DecodeOutcome.NotAnObject;
            }

            var outcome = ReadObject(ref reader, data, out message);
            reader.Read();
            return outcome;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader throws InvalidOperationException for a name with invalid escapes, such as a lone surrogate.
            message = default;
            return DecodeOutcome.NotParsed;
        }
    }

    private static DecodeOutcome ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> data, out DecodedMessage message)
    {
        ReadOnlyMemory<byte> name = default, arguments = default;
        var (hasEvent, hasValidArguments) = (false, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEvent = reader.ValueTextEquals("event"u8);
            var isArguments = reader.ValueTextEquals("args"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isEvent && reader.TokenType == JsonTokenType.String)
            {
                hasEvent = true;
                name = reader.ValueIsEscaped ? Unescape(ref reader) : data.Slice(start + 1, reader.ValueSpan.Length);
            }
            else if (isArguments)
            {
                hasValidArguments = reader.TokenType == JsonTokenType.StartArray;
                reader.Skip();
                arguments = data[start..(int)reader.BytesConsumed];
            }
            else
            {
                reader.Skip();
            }
        }

        message = new DecodedMessage(name, arguments);
        return !hasEvent || name.IsEmpty ? DecodeOutcome.MissingEvent
            : hasValidArguments ? DecodeOutcome.Decoded
            : DecodeOutcome.InvalidArguments;
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped[..reader.CopyString(unescaped)];
    }
}
