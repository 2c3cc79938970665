using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Services.Text;

/// <summary>Creates the dashboard's relative URLs. Account names are arbitrary strings; all escaping is done here.</summary>
public static class Links
{
    /// <summary>Returns the URL of an account's page.</summary>
    public static string Account(string account) => FitsPath(account)
        ? "accounts/" + Uri.EscapeDataString(account)
        : "accounts/named" + Query(("name", account));

    /// <summary>Returns the URL of the accounts with a prefix, scrolled to an account.</summary>
    public static string Accounts(string? prefix, string? at = null) => "accounts" + Query(("q", prefix), ("at", at));

    /// <summary>Returns the URL of the errors that match a filter.</summary>
    public static string Errors(ErrorFilter filter) => "errors" + Query(filter);

    /// <summary>
    /// Returns the URL of a server's logs in the Aspire dashboard, or <see langword="null"/> if the dashboard URL or the server's
    /// telemetry resource name is unknown.
    /// </summary>
    public static string? ServerLogs(string? dashboard, ServerInfo server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return string.IsNullOrEmpty(dashboard) || server.Telemetry is null ? null : $"{dashboard.TrimEnd('/')}/structuredlogs/resource/{Uri.EscapeDataString(server.Telemetry)}";
    }

    /// <summary>Returns the URL of the exported errors that match a filter.</summary>
    public static string ErrorsExport(ErrorFilter filter, string extension) => $"export/errors.{extension}" + Query(filter);

    /// <summary>Returns the URL of the exported accounts with a prefix.</summary>
    public static string AccountsExport(string? prefix, string extension) => $"export/accounts.{extension}" + Query(("q", prefix));

    // Browsers resolve "." and ".." segments even when encoded. Servers and proxies decode "/" and "%" twice or not at all.
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
