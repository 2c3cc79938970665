using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>Says at the start which setting is wrong, what it holds and what would be right. It never shows a key.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    private const int ShortestKey = 32;
    private const int SmallestBody = 1024;
    private const int LargestBody = 16 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.Keys.Count; i++)
        {
            if (Problem(options.Keys[i] ?? "") is { } problem)
            {
                failures.Add($"{ApiOptions.Section}:{nameof(ApiOptions.Keys)}:{i} {problem}");
            }
        }

        Range(failures, nameof(ApiOptions.MaxBodySize), options.MaxBodySize, SmallestBody, LargestBody);
        Range(failures, nameof(ApiOptions.MaxConcurrentRequests), options.MaxConcurrentRequests, 1, 10_000);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? Problem(string key)
    {
        // What a header of HTTP carries as it is: visible ASCII.
        var unfit = key.Count(character => character is <= ' ' or > '~');
        return unfit > 0
            ? $"has {unfit} characters that no header can carry (spaces, control characters, or none of ASCII); " +
                "it must be letters, digits and signs only, such as openssl rand -hex 32 makes."
            : key.Length < ShortestKey
            ? $"has {key.Length} characters; it must have {ShortestKey} or more, such as openssl rand -hex 32 makes. Without any key the API is off."
            : null;
    }

    private static void Range(List<string> failures, string key, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            failures.Add($"{ApiOptions.Section}:{key} is '{value}'; it must be between {least} and {most}.");
        }
    }
}
