using System.Globalization;
using System.Text;

namespace Scaler.EngineIO;

/// <summary>
/// Makes text that a client controls safe for logs: event names, headers, paths, account names, and messages of exceptions that
/// quote it. Without it, a client could begin a log line of its own, send control sequences to the operator's terminal, or hide
/// text from the reader.
/// </summary>
public static class LogText
{
    /// <summary>The default maximum length of a text, in characters: 256.</summary>
    public const int DefaultMaxLength = 256;

    private const int MaxExceptionLength = 1024;

    /// <summary>
    /// Replaces invisible characters with escape sequences such as <c>\n</c>, <c>\u001B</c> and <c>\u202E</c>, and truncates the
    /// result. Invisible are control characters, format characters (which include the bidirectional controls), line and
    /// paragraph separators, and lone surrogates. Escaping a result again does not change it.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">
    /// The maximum number of characters of the result. A longer result is truncated and ends with an additional <c>…</c>. With 0,
    /// the result is empty.
    /// </param>
    /// <returns>The text on one line; empty for <see langword="null"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public static string Escape(string? text, int maxLength = DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        if (string.IsNullOrEmpty(text) || maxLength == 0)
        {
            return "";
        }

        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var escaped = new StringBuilder(Math.Min(text.Length, maxLength) + 16);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isValid = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            var end = escaped.Length;
            if (isValid && !IsInvisible(rune))
            {
                escaped.Append(rest[..length]);
            }
            else
            {
                AppendEscapes(escaped, rest[..length]);
            }

            if (escaped.Length > maxLength)
            {
                escaped.Length = end;
                return escaped.Append('…').ToString();
            }

            rest = rest[length..];
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Returns an exception whose messages are safe for logs: the exception itself, or a replacement with its type name, its
    /// escaped messages and its stack.
    /// </summary>
    internal static Exception Escape(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (EscapeMessage(current) != current.Message)
            {
                return new EscapedException(exception);
            }
        }

        return exception;
    }

    /// <summary>Returns the escaped message of an exception.</summary>
    internal static string EscapeMessage(Exception exception) => Escape(exception.Message, MaxExceptionLength);

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void AppendEscapes(StringBuilder escaped, ReadOnlySpan<char> characters)
    {
        foreach (var character in characters)
        {
            _ = character switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
            };
        }
    }
}
