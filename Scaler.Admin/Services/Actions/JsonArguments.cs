using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Scaler.Admin.Services.Actions;

/// <summary>The arguments of an event, as somebody types them: a JSON array.</summary>
public static class JsonArguments
{
    /// <summary>The longest text taken, in characters.</summary>
    public const int Longest = 64 * 1024;

    /// <summary>Reads the arguments; on failure says what is wrong and where.</summary>
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

        if (text.Length > Longest)
        {
            error = $"The arguments have {text.Length:N0} characters; at most {Longest:N0} are sent from here.";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                error = $"The arguments are to be a JSON array, such as [\"hello\"], and not {Name(document.RootElement.ValueKind)}.";
                return false;
            }

            arguments = [.. document.RootElement.EnumerateArray().Select(element => (object?)element.Clone())];
            error = null;
            return true;
        }
        catch (JsonException exception)
        {
            error = $"The arguments are no JSON: line {exception.LineNumber + 1}, character {exception.BytePositionInLine + 1}. An example: [\"hello\", 1].";
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
