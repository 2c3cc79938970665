using Microsoft.Extensions.Options;

namespace Scaler.Admin.Configuration;

/// <summary>
/// Validates <see cref="AdminOptions"/> at startup. Each failure names the key, its value and a remedy,
/// but never contains a token.
/// </summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    private const int MinTokenLength = 16;

    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        var failures = new List<string>();
        Token(failures, nameof(AdminOptions.Token), options.Token, "to generate one at each start");
        Token(failures, nameof(AdminOptions.ReadOnlyToken), options.ReadOnlyToken, "to disable read-only login");
        if (options.Token is { } token && token == options.ReadOnlyToken)
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.ReadOnlyToken)} is the same as {AdminOptions.Section}:{nameof(AdminOptions.Token)}: " +
                "use a different value, otherwise every reader is also an operator");
        }

        Range(failures, nameof(AdminOptions.SampleInterval), options.SampleInterval, TimeSpan.FromMilliseconds(250), TimeSpan.FromMinutes(1));
        Range(failures, nameof(AdminOptions.LoginLifetime), options.LoginLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        if (options.LoginAttemptsPerMinute is < 1 or > 1000)
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.LoginAttemptsPerMinute)} is {options.LoginAttemptsPerMinute}: set it to a number from 1 to 1000, such as 20");
        }

        if (options.DashboardUrl is { Length: > 0 } url && !(Uri.TryCreate(url, UriKind.Absolute, out var dashboard) && dashboard.Scheme is "http" or "https"))
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.DashboardUrl)} is '{url}': set it to the URL of the Aspire dashboard, such as http://localhost:8082, or remove the key");
        }

        if (options.OpenIdConnect is { } provider)
        {
            failures.AddRange(AdminOpenIdConnectOptionsValidator.GetFailures(provider));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Token(List<string> failures, string key, string? token, string without)
    {
        if (token is not null && token.Trim().Length < MinTokenLength)
        {
            failures.Add($"{AdminOptions.Section}:{key} has {token.Trim().Length} characters: use {MinTokenLength} or more " +
                $"(openssl rand -hex 16 prints 32), or remove the key {without}");
        }
    }

    private static void Range(List<string> failures, string key, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max)
        {
            failures.Add($"{AdminOptions.Section}:{key} is {value:c}: set it to a time from {min:c} to {max:c}, such as 00:00:01");
        }
    }
}
