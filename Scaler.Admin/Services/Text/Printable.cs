using System.Globalization;
using System.Text;

namespace Scaler.Admin.Services.Text;

/// <summary>
/// Makes what a client sent safe to look at. Blazor escapes markup; this shows characters that would not show, or would make the
/// rest of the line read otherwise than it is (controls, direction overrides).
/// </summary>
public static class Printable
{
    /// <summary>The text with every character that does not show written as an escape: <c>\n</c>, <c>\u202E</c>.</summary>
    public static string Text(string? text)
    {
        if (text is null || !text.Any(IsHidden))
        {
            return text ?? "";
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            shown.Append(c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when IsHidden(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => c.ToString(),
            });
        }

        return shown.ToString();
    }

    private static bool IsHidden(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
