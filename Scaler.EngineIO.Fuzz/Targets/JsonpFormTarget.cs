using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the reading of forms that JSONP clients post.</summary>
internal static class JsonpFormTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var form = input.Span;
        var output = new ArrayBufferWriter<byte>();
        var found = Jsonp.TryReadForm(form, output);
        var payload = output.WrittenSpan;
        Invariant.Require(found || payload.IsEmpty, "A form without a payload produced output.");
        Invariant.Require(payload.Length <= form.Length, "The payload is longer than the form.");
        Invariant.Require(
            found == ("&" + Encoding.Latin1.GetString(form)).Contains("&d=", StringComparison.Ordinal),
            "The field d was missed, or was found where there is none.");
        // A backslash before a newline does not survive the round trip: it is escaped to the same text as the two characters \n.
        if (found && payload.IndexOf("\\\n"u8) < 0)
        {
            CheckPosted(payload);
        }

        var hash = default(HashCode);
        hash.Add(found);
        hash.AddBytes(payload);
        return hash.ToHashCode();
    }

    private static void CheckPosted(ReadOnlySpan<byte> payload)
    {
        var escaped = Encoding.Latin1.GetString(payload)
            .Replace("\\n", "\\\\n", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        var form = new StringBuilder("sid=1&d=");
        foreach (var character in escaped)
        {
            form.Append('%').Append(((int)character).ToString("X2", null));
        }

        var output = new ArrayBufferWriter<byte>();
        Invariant.Require(
            Jsonp.TryReadForm(Encoding.ASCII.GetBytes(form.Append("&x=1").ToString()), output), "The field d was not found.");
        Invariant.Require(payload.SequenceEqual(output.WrittenSpan), "A payload changed in the round trip through a form.");
    }
}
