namespace Scaler.Admin.Configuration;

/// <summary>
/// Validates <see cref="AdminOpenIdConnectOptions"/>. Each failure names the key, its value and a remedy; it never contains the
/// client secret.
/// </summary>
internal static class AdminOpenIdConnectOptionsValidator
{
    private const string Section = AdminOptions.Section + ":" + nameof(AdminOptions.OpenIdConnect);

    public static IEnumerable<string> GetFailures(AdminOpenIdConnectOptions options)
    {
        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == "https" || (authority.Scheme == "http" && authority.IsLoopback)))
        {
            yield return $"{Key(nameof(options.Authority))} is '{options.Authority}': set it to the provider's https URL, such as https://login.example.com/realms/ops " +
                "(http is allowed for localhost only), or remove the section to disable OpenID Connect login";
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
                yield return $"{Key(key)} is {(value is null ? "missing" : "empty")}: set it to a value such as {example}";
            }
        }

        if (options.OperatorRole == options.ReaderRole)
        {
            yield return $"{Key(nameof(options.ReaderRole))} is the same as {Key(nameof(options.OperatorRole))}, '{options.ReaderRole}': " +
                "use a different value, otherwise every reader is also an operator";
        }

        if (!options.Scope.Split(' ').Contains("openid"))
        {
            yield return $"{Key(nameof(options.Scope))} is '{options.Scope}': it must include openid, for example openid profile";
        }
    }

    private static string Key(string name) => $"{Section}:{name}";
}
