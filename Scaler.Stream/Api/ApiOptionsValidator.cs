using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>
/// Validates <see cref="ApiOptions"/> at startup. Each failure names the setting, its value and the expected value. Keys are
/// never shown.
/// </summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    private const int MinKeyLength = 32;
    private const int MinBodySize = 1024;
    private const int MaxBodySize = 16 * 1024 * 1024;

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

        Range(failures, nameof(ApiOptions.MaxBodySize), options.MaxBodySize, MinBodySize, MaxBodySize);
        Range(failures, nameof(ApiOptions.MaxConcurrentRequests), options.MaxConcurrentRequests, 1, 10_000);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? Problem(string key)
    {
        // An HTTP header transmits only visible ASCII unchanged.
        var invalid = key.Count(character => character is <= ' ' or > '~');
        return invalid > 0
            ? $"has {invalid} characters that are not allowed in a header (spaces, control characters or non-ASCII); " +
                "use only letters, digits and punctuation, such as the output of 'openssl rand -hex 32'."
            : key.Length < MinKeyLength
            ? $"has {key.Length} characters; it must have {MinKeyLength} or more, " +
                "such as the output of 'openssl rand -hex 32'. Without any key the API is disabled."
            : null;
    }

    private static void Range(List<string> failures, string key, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            failures.Add($"{ApiOptions.Section}:{key} is '{value}'; it must be between {min} and {max}.");
        }
    }
}
