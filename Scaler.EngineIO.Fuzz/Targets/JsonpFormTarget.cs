using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>The form that a JSONP client posts.</summary>
internal static class JsonpFormTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var form = input.Span;
        var output = new ArrayBufferWriter<byte>();
        var found = Jsonp.TryReadForm(form, output);
        var payload = output.WrittenSpan;
        Property.Holds(found || payload.IsEmpty, "There is no payload, and yet something was written.");
        Property.Holds(payload.Length <= form.Length, "A payload is longer than its form.");
        Property.Holds(found == ("&" + Encoding.Latin1.GetString(form)).Contains("&d=", StringComparison.Ordinal), "The field was not found, or not there.");
        // A backslash before a newline is what clients write for the two characters \n: the one thing that gets lost.
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
        Property.Holds(Jsonp.TryReadForm(Encoding.ASCII.GetBytes(form.Append("&x=1").ToString()), output), "The field was not found.");
        Property.Holds(payload.SequenceEqual(output.WrittenSpan), "A payload changed on its way through a form.");
    }
}
