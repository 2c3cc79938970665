using System.Text;
using System.Text.Unicode;

namespace Scaler.EngineIO.Protocol;

/// <summary>UTF-8 that arrived from outside.</summary>
internal static class Utf8Text
{
    /// <summary>
    /// The same bytes when they are valid, and otherwise a copy in which each invalid sequence has become U+FFFD, as
    /// browsers and Node read it.
    /// </summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> text) =>
        Utf8.IsValid(text.Span) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span));
}
