namespace Aspire.Hosting.Dashboard;

/// <summary>The application's name in the dashboard: the AppHost's, without that word.</summary>
internal sealed class ApplicationName(string appHost)
{
    private const string Suffix = ".AppHost";

    public string Text { get; } = appHost.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? appHost[..^Suffix.Length] : appHost;
}
