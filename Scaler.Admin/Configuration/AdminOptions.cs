namespace Scaler.Admin.Configuration;

/// <summary>Options for the dashboard, bound from the configuration section <c>Scaler:Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Scaler:Admin";

    /// <summary>
    /// Gets or sets the token that grants read and write access. At least 16 characters. Default: none. The dashboard then
    /// generates a token at each start and logs the login URL, unless <see cref="OpenIdConnect"/> is configured.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// Gets or sets the token that grants read-only access. At least 16 characters. Default: none, no read-only login.
    /// </summary>
    public string? ReadOnlyToken { get; set; }

    /// <summary>
    /// Gets or sets the interval between samples of the cluster while a page is open: 250 ms to 1 min. Default: 1 s.
    /// </summary>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the URL of the Aspire dashboard, used to link each server to its logs. An absolute http or https URL.
    /// Default: none, no links. Servers report their telemetry resource name from the OpenTelemetry environment variables.
    /// </summary>
    public string? DashboardUrl { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of login attempts per client address and minute: 1 to 1,000. Default: 20.
    /// </summary>
    public int LoginAttemptsPerMinute { get; set; } = 20;

    /// <summary>Gets or sets the options for OpenID Connect login. Default: none, which disables it.</summary>
    public AdminOpenIdConnectOptions? OpenIdConnect { get; set; }

    /// <summary>Gets or sets the idle time after which a login expires: 1 min to 30 days. Default: 12 h.</summary>
    public TimeSpan LoginLifetime { get; set; } = TimeSpan.FromHours(12);
}
