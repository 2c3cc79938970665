using System.Buffers;
using System.Text.Json;

namespace Scaler;

/// <summary>Writes messages in the format that <see cref="JsonMessageDecoder"/> reads.</summary>
internal static class MessageWriter
{
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static void Write(IBufferWriter<byte> to, string eventName, IReadOnlyList<object?> args, JsonSerializerOptions json)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        ArgumentNullException.ThrowIfNull(args);
        using var writer = new Utf8JsonWriter(to, new JsonWriterOptions { Encoder = json.Encoder, SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("event"u8, eventName);
        writer.WriteStartArray("args"u8);
        foreach (var arg in args)
        {
            JsonSerializer.Serialize(writer, arg, arg?.GetType() ?? typeof(object), json);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
