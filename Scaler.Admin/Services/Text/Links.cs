using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Services.Text;

/// <summary>The dashboard's addresses. Accounts are arbitrary strings: every part is escaped here and nowhere else.</summary>
public static class Links
{
    /// <summary>An account's page.</summary>
    public static string Account(string account) => FitsPath(account)
        ? "accounts/" + Uri.EscapeDataString(account)
        : "accounts/named" + Query(("name", account));

    /// <summary>The accounts that begin with a prefix, scrolled to one of them.</summary>
    public static string Accounts(string? prefix, string? at = null) => "accounts" + Query(("q", prefix), ("at", at));

    /// <summary>The errors that pass a filter.</summary>
    public static string Errors(ErrorFilter filter) => "errors" + Query(filter);

    /// <summary>A server's logs in the Aspire dashboard, where both are known.</summary>
    public static string? Telemetry(string? dashboard, ServerInfo server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return string.IsNullOrEmpty(dashboard) || server.Telemetry is null ? null : $"{dashboard.TrimEnd('/')}/structuredlogs/resource/{Uri.EscapeDataString(server.Telemetry)}";
    }

    /// <summary>A file of the errors that pass a filter.</summary>
    public static string ErrorsFile(ErrorFilter filter, string extension) => $"export/errors.{extension}" + Query(filter);

    /// <summary>A file of the accounts that begin with a prefix.</summary>
    public static string AccountsFile(string? prefix, string extension) => $"export/accounts.{extension}" + Query(("q", prefix));

    // A browser resolves "." and ".." whatever their encoding; "/" and "%" are decoded once too often, or not at all, on the way.
    private static bool FitsPath(string account) =>
        account.Trim() == account && account is not ("" or "." or "..") && !account.Any(c => c is '/' or '\\' or '%' || char.IsControl(c));

    private static string Query(ErrorFilter filter) => Query(
        ("type", filter.Type),
        ("critical", filter.Critical ? "true" : null),
        ("account", filter.Account),
        ("server", filter.Server),
        ("text", filter.Text));

    private static string Query(params ReadOnlySpan<(string Key, string? Value)> parts)
    {
        var query = "";
        foreach (var (key, value) in parts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query += (query.Length == 0 ? "?" : "&") + key + "=" + Uri.EscapeDataString(value);
            }
        }

        return query;
    }
}
