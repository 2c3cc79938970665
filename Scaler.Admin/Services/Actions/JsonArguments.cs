using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Scaler.Admin.Services.Actions;

/// <summary>Parses the arguments of an event from a JSON array.</summary>
public static class JsonArguments
{
    /// <summary>The maximum length of the text, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Parses the arguments.</summary>
    /// <param name="text">A JSON array. Empty text is an empty array.</param>
    /// <param name="arguments">The arguments, if the method returns <see langword="true"/>.</param>
    /// <param name="error">The error message with its position, if the method returns <see langword="false"/>.</param>
    /// <returns><see langword="true"/> if the text was parsed; otherwise, <see langword="false"/>.</returns>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out IReadOnlyList<object?>? arguments, [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            arguments = [];
            error = null;
            return true;
        }

        if (text.Length > MaxLength)
        {
            error = $"The arguments have {text.Length:N0} characters; the limit is {MaxLength:N0}.";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                error = $"The arguments must be a JSON array, such as [\"hello\"], not {Name(document.RootElement.ValueKind)}.";
                return false;
            }

            arguments = [.. document.RootElement.EnumerateArray().Select(element => (object?)element.Clone())];
            error = null;
            return true;
        }
        catch (JsonException exception)
        {
            error = $"The arguments are not valid JSON: line {exception.LineNumber + 1}, character {exception.BytePositionInLine + 1}. Example: [\"hello\", 1].";
            return false;
        }
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a single value",
    };
}
