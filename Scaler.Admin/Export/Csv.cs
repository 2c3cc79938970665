using System.Buffers;

namespace Scaler.Admin.Export;

/// <summary>
/// Writes comma-separated values (RFC 4180). Cells are escaped so that a spreadsheet never evaluates client-supplied text.
/// </summary>
public static class Csv
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n\t ;'");

    /// <summary>Formats one line, including its line ending (CRLF).</summary>
    /// <param name="cells">The cell values. <see langword="null"/> is written as an empty cell.</param>
    /// <returns>The line.</returns>
    public static string FormatLine(params ReadOnlySpan<string?> cells)
    {
        var line = "";
        for (var i = 0; i < cells.Length; i++)
        {
            line += (i == 0 ? "" : ",") + FormatCell(cells[i]);
        }

        return line + "\r\n";
    }

    /// <summary>
    /// Formats one cell. Spreadsheets evaluate text that starts with <c>=</c>, <c>+</c>, <c>-</c> or <c>@</c>, even after leading
    /// white space, so such text gets a leading apostrophe.
    /// </summary>
    /// <param name="value">The cell value. <see langword="null"/> is written as an empty cell.</param>
    /// <returns>The escaped cell, quoted if necessary.</returns>
    public static string FormatCell(string? value)
    {
        value ??= "";
        if (value.AsSpan().TrimStart() is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] || value is ['\t' or '\r' or '\n', ..])
        {
            value = "'" + value;
        }

        return value.AsSpan().ContainsAny(NeedQuotes) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
