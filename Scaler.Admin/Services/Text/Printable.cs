using System.Globalization;
using System.Text;

namespace Scaler.Admin.Services.Text;

/// <summary>
/// Makes client-supplied text safe to display. Blazor escapes markup. This class also escapes invisible characters and characters
/// that change how the rest of the line renders, such as control characters and direction overrides.
/// </summary>
public static class Printable
{
    /// <summary>Replaces every invisible character with an escape sequence: <c>\n</c>, <c>\u202E</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The printable text; empty for <see langword="null"/>.</returns>
    public static string Escape(string? text)
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
