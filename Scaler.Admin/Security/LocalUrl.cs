namespace Scaler.Admin.Security;

/// <summary>Where a login leads. What a link says of it is followed only within the dashboard.</summary>
internal static class LocalUrl
{
    /// <summary>The path if it is one of this application, otherwise the first page.</summary>
    // "//host" and "/\host" are addresses of another host to a browser, and it drops tabs and line breaks before it looks.
    public static string OrHome(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) && !path.StartsWith("/login", StringComparison.OrdinalIgnoreCase)
            ? path
            : "/";
}
