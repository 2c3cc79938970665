using Scaler.EngineIO;

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
    public static string Escape(string? text) => LogText.Escape(text, int.MaxValue);
}
