using System.Globalization;

namespace Scaler.Admin.Services.Text;

/// <summary>Formats numbers and times for display, independent of the culture. Times are in UTC, as in logs.</summary>
public static class Format
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Formats an integer with thousands separators: <c>12,345</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a number with its noun: <c>1 server</c>, <c>3 servers</c>.</summary>
    public static string Count(long value, string one) => $"{Count(value)} {one}{(value == 1 ? "" : "s")}";

    /// <summary>Formats a rate: <c>0</c>, <c>0.4</c>, <c>12.3</c>, <c>1,234</c>.</summary>
    public static string Rate(double value) => value switch
    {
        < 0.05 => "0",
        < 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>Formats a time in milliseconds: <c>0.42 ms</c>, <c>3.1 ms</c>, <c>120 ms</c>.</summary>
    public static string Milliseconds(double value) => value switch
    {
        < 1 => value.ToString("0.00", CultureInfo.InvariantCulture) + " ms",
        < 10 => value.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        _ => value.ToString("N0", CultureInfo.InvariantCulture) + " ms",
    };

    /// <summary>Formats a size in the largest binary unit with a value of at least 1: <c>1.5 MiB</c>.</summary>
    public static string Bytes(long value)
    {
        var size = (double)Math.Max(0, value);
        var unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return size.ToString(unit == 0 || size >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Formats a duration in its two largest units: <c>3d 4h</c>, <c>4m 10s</c>, <c>8s</c>.</summary>
    public static string Duration(TimeSpan value)
    {
        value = value < TimeSpan.Zero ? TimeSpan.Zero : value;
        return value switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalDays}d {value.Hours}h"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.Hours}h {value.Minutes}m"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m {value.Seconds}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalSeconds}s"),
        };
    }

    /// <summary>Formats a time of day in UTC: <c>03:12:08</c>.</summary>
    public static string TimeOfDay(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Formats a date and time in UTC: <c>2026-11-22 03:12:08 UTC</c>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Truncates a text and appends an ellipsis. It never splits a surrogate pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">The maximum number of characters before the ellipsis.</param>
    /// <returns>The text, truncated if necessary; empty for <see langword="null"/>.</returns>
    public static string Truncate(string? text, int longest)
    {
        if (text is null || text.Length <= longest)
        {
            return text ?? "";
        }

        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return text[..end] + "…";
    }
}
