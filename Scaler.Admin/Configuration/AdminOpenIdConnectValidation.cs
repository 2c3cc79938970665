namespace Scaler.Admin.Configuration;

/// <summary>Says which setting of the login by OpenID Connect is wrong, what it holds and what would be right. It never prints the secret.</summary>
internal static class AdminOpenIdConnectValidation
{
    private const string Section = AdminOptions.Section + ":" + nameof(AdminOptions.OpenIdConnect);

    public static IEnumerable<string> Failures(AdminOpenIdConnectOptions options)
    {
        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == "https" || (authority.Scheme == "http" && authority.IsLoopback)))
        {
            yield return $"{Key(nameof(options.Authority))} is '{options.Authority}': give it the provider's https URL, such as https://login.example.com/realms/ops " +
                "(http only on this machine), or leave the section out for no login by OpenID Connect";
        }

        foreach (var (key, value, example) in new[]
        {
            (nameof(options.ClientId), options.ClientId, "scaler-admin"),
            (nameof(options.RoleClaim), options.RoleClaim, "roles"),
            (nameof(options.OperatorRole), options.OperatorRole, "operator"),
            (nameof(options.ReaderRole), options.ReaderRole, "reader"),
            (nameof(options.NameClaim), options.NameClaim, "name"),
        })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return $"{Key(key)} is {(value is null ? "missing" : "empty")}: such as {example}";
            }
        }

        if (options.OperatorRole == options.ReaderRole)
        {
            yield return $"{Key(nameof(options.ReaderRole))} is the same as {Key(nameof(options.OperatorRole))}, '{options.ReaderRole}': " +
                "give it another value, or everybody who may look may also act";
        }

        if (!options.Scope.Split(' ').Contains("openid"))
        {
            yield return $"{Key(nameof(options.Scope))} is '{options.Scope}': openid must be in it, such as openid profile";
        }
    }

    private static string Key(string name) => $"{Section}:{name}";
}
