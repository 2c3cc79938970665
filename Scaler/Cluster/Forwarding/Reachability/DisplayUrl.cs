namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Formats the URLs of servers for logs and pages, without credentials and query.</summary>
internal static class DisplayUrl
{
    /// <returns>The URL, or <see langword="null"/> if it is not an absolute http or https URL.</returns>
    public static string? Format(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')
            : null;
}
