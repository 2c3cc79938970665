using System.Security.Cryptography;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard and its services listen, and the secrets between them: new ones for every run.</summary>
internal sealed class DashboardSettings(IConfiguration configuration)
{
    /// <summary>What people open.</summary>
    public Uri Frontend { get; } = Url(configuration, "ASPNETCORE_URLS");

    /// <summary>Where the processes send logs, metrics and traces.</summary>
    public Uri Telemetry { get; } = Url(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL");

    /// <summary>Where the dashboard asks for resources.</summary>
    public Uri Resources { get; } = Url(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL");

    public string BrowserToken { get; } = configuration["DASHBOARD__FRONTEND__BROWSERTOKEN"] ?? Token();

    public string TelemetryKey { get; } = configuration["DASHBOARD__OTLP__PRIMARYAPIKEY"] ?? Token();

    public string ApiKey { get; } = configuration["DASHBOARD__API__PRIMARYAPIKEY"] ?? Token();

    public string ResourcesKey { get; } = Token();

    public string LoginUrl => $"{Frontend.GetLeftPart(UriPartial.Authority)}/login?t={BrowserToken}";

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static Uri Url(IConfiguration configuration, string key) =>
        Uri.TryCreate(configuration[key]?.Split(';')[0], UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp
            ? url
            : new($"http://localhost:{FreePort.Take()}");
}
