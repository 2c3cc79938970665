using System.Text;
using System.Text.Unicode;

namespace Scaler.EngineIO.Protocol;

/// <summary>Validates and repairs UTF-8 text received from clients.</summary>
internal static class Utf8Text
{
    /// <summary>
    /// Returns the same memory if it is valid UTF-8; otherwise, a copy in which U+FFFD replaces each invalid sequence. Browsers
    /// and Node.js decode invalid UTF-8 the same way.
    /// </summary>
    public static ReadOnlyMemory<byte> ReplaceInvalidSequences(ReadOnlyMemory<byte> text) =>
        Utf8.IsValid(text.Span) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span));
}
