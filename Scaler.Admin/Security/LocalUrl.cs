namespace Scaler.Admin.Security;

/// <summary>Restricts the return URL of a login to paths of the dashboard, to prevent open redirects.</summary>
internal static class LocalUrl
{
    /// <summary>Returns the path if it is local to the dashboard; otherwise, <c>/</c>.</summary>
    // Browsers treat "//host" and "/\host" as another host, and remove tabs and line breaks before parsing.
    public static string GetLocalOrHome(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) && !path.StartsWith("/login", StringComparison.OrdinalIgnoreCase)
            ? path
            : "/";
}
