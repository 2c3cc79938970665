using Microsoft.Extensions.Options;

namespace Scaler.Admin.Configuration;

/// <summary>Says at start which setting is wrong, what it holds and what would be right. It never prints a token.</summary>
internal sealed class AdminOptionsValidation : IValidateOptions<AdminOptions>
{
    private const int ShortestToken = 16;

    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        var failures = new List<string>();
        Token(failures, nameof(AdminOptions.Token), options.Token, "to have one made at every start");
        Token(failures, nameof(AdminOptions.ReadOnlyToken), options.ReadOnlyToken, "for no read-only login");
        if (options.Token is { } token && token == options.ReadOnlyToken)
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.ReadOnlyToken)} is the same as {AdminOptions.Section}:{nameof(AdminOptions.Token)}: " +
                "give it another value, or everybody who may look may also act");
        }

        Range(failures, nameof(AdminOptions.SampleInterval), options.SampleInterval, TimeSpan.FromMilliseconds(250), TimeSpan.FromMinutes(1));
        Range(failures, nameof(AdminOptions.LoginLifetime), options.LoginLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        if (options.LoginAttemptsPerMinute is < 1 or > 1000)
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.LoginAttemptsPerMinute)} is {options.LoginAttemptsPerMinute}: give it a number from 1 to 1000, such as 20");
        }

        if (options.DashboardUrl is { Length: > 0 } url && !(Uri.TryCreate(url, UriKind.Absolute, out var dashboard) && dashboard.Scheme is "http" or "https"))
        {
            failures.Add($"{AdminOptions.Section}:{nameof(AdminOptions.DashboardUrl)} is '{url}': give it the Aspire dashboard's URL, such as http://localhost:8082, or leave the key out");
        }

        if (options.OpenIdConnect is { } provider)
        {
            failures.AddRange(AdminOpenIdConnectValidation.Failures(provider));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Token(List<string> failures, string key, string? token, string without)
    {
        if (token is not null && token.Trim().Length < ShortestToken)
        {
            failures.Add($"{AdminOptions.Section}:{key} has {token.Trim().Length} characters: give it {ShortestToken} or more " +
                $"(openssl rand -hex 16 makes 32), or leave the key out {without}");
        }
    }

    private static void Range(List<string> failures, string key, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            failures.Add($"{AdminOptions.Section}:{key} is {value:c}: give it a time from {least:c} to {most:c}, such as 00:00:01");
        }
    }
}
