using System.Buffers;
using System.Text;
using System.Text.Json;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the script that answers a JSONP poll. The input is both the callback index and the payload.</summary>
internal static class JsonpScriptTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = Encoding.UTF8.GetString(input.Span);
        var output = new ArrayBufferWriter<byte>();
        Jsonp.WriteScript(output, payload, Utf8Text.ReplaceInvalidSequences(input).Span);
        var script = Encoding.UTF8.GetString(output.WrittenSpan);
        var open = script.IndexOf("](", StringComparison.Ordinal);
        Invariant.Require(
            script.StartsWith("___eio[", StringComparison.Ordinal) && script.EndsWith(");", StringComparison.Ordinal),
            "The script is not a call of the callback.");
        Invariant.Require(
            !script.AsSpan(7, open - 7).ContainsAnyExceptInRange('0', '9'),
            "The index contains a character that is not a digit.");
        foreach (var character in script)
        {
            Invariant.Require(
                character is not (< ' ' or '<' or '\u2028' or '\u2029'),
                "A character that can end the string or the script is not escaped.");
        }

        Invariant.Require(
            JsonSerializer.Deserialize<string>(script[(open + 2)..^2]) == payload, "The string literal is not the payload.");
        return script.GetHashCode(StringComparison.Ordinal);
    }
}
