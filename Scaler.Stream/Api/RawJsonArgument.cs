using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scaler.Stream.Api;

/// <summary>
/// Represents an argument that is serialized with its original JSON text. This preserves the digits of numbers and the escapes of
/// strings for the client.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed record RawJsonArgument(JsonElement Value)
{
    private sealed class Converter : JsonConverter<RawJsonArgument>
    {
        public override RawJsonArgument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, RawJsonArgument value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value.Value), skipInputValidation: true);
    }
}
