using System.Buffers;

namespace Scaler.Admin.Export;

/// <summary>Lines of comma-separated values (RFC 4180) that a spreadsheet shows as text, whatever a client called itself.</summary>
public static class Csv
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n\t ;'");

    /// <summary>A line, ended.</summary>
    public static string Line(params ReadOnlySpan<string?> cells)
    {
        var line = "";
        for (var i = 0; i < cells.Length; i++)
        {
            line += (i == 0 ? "" : ",") + Cell(cells[i]);
        }

        return line + "\r\n";
    }

    /// <summary>One cell. A spreadsheet takes what begins with one of these for a formula, also behind blanks: =1+1 @x +1 -1.</summary>
    public static string Cell(string? value)
    {
        value ??= "";
        if (value.AsSpan().TrimStart() is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] || value is ['\t' or '\r' or '\n', ..])
        {
            value = "'" + value;
        }

        return value.AsSpan().ContainsAny(NeedQuotes) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
