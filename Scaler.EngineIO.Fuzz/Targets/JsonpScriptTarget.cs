using System.Buffers;
using System.Text;
using System.Text.Json;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>The script that answers a JSONP poll. The input is both its index and its payload.</summary>
internal static class JsonpScriptTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = Encoding.UTF8.GetString(input.Span);
        var output = new ArrayBufferWriter<byte>();
        Jsonp.Write(output, payload, Utf8Text.Repair(input).Span);
        var script = Encoding.UTF8.GetString(output.WrittenSpan);
        var open = script.IndexOf("](", StringComparison.Ordinal);
        Property.Holds(script.StartsWith("___eio[", StringComparison.Ordinal) && script.EndsWith(");", StringComparison.Ordinal), "No call.");
        Property.Holds(!script.AsSpan(7, open - 7).ContainsAnyExceptInRange('0', '9'), "An index is no number.");
        foreach (var character in script)
        {
            Property.Holds(character is not (< ' ' or '<' or '\u2028' or '\u2029'), "A character ends the string, or the script.");
        }

        Property.Holds(JsonSerializer.Deserialize<string>(script[(open + 2)..^2]) == payload, "The string is not the payload.");
        return script.GetHashCode(StringComparison.Ordinal);
    }
}
