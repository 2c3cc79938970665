using System.Text.Json;

namespace Scaler;

/// <summary>
/// Reads messages of the form <c>{"event":"chat","args":["hello"]}</c>. Other properties are passed over; <c>args</c> may be
/// missing. It builds no tree and copies nothing, except the name of an event that is written with escapes.
/// </summary>
public sealed class JsonMessageDecoder : IMessageDecoder
{
    private JsonMessageDecoder()
    {
    }

    /// <summary>The decoder; it keeps no state.</summary>
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
                // All of it must be JSON: "[1" is not parsed, "[1]" is no object.
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
            // The reader throws the latter for a name whose escapes make no text, such as half of a surrogate pair.
            message = default;
            return DecodeOutcome.NotParsed;
        }
    }

    private static DecodeOutcome ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> data, out DecodedMessage message)
    {
        ReadOnlyMemory<byte> name = default, arguments = default;
        var (named, listed) = (false, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEvent = reader.ValueTextEquals("event"u8);
            var isArguments = reader.ValueTextEquals("args"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isEvent && reader.TokenType == JsonTokenType.String)
            {
                named = true;
                name = reader.ValueIsEscaped ? Unescape(ref reader) : data.Slice(start + 1, reader.ValueSpan.Length);
            }
            else if (isArguments)
            {
                listed = reader.TokenType == JsonTokenType.StartArray;
                reader.Skip();
                arguments = data[start..(int)reader.BytesConsumed];
            }
            else
            {
                reader.Skip();
            }
        }

        message = new DecodedMessage(name, arguments);
        return !named || name.IsEmpty ? DecodeOutcome.NoEvent : listed ? DecodeOutcome.Decoded : DecodeOutcome.BadArguments;
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped[..reader.CopyString(unescaped)];
    }
}
