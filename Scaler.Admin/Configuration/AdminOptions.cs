namespace Scaler.Admin.Configuration;

/// <summary>The dashboard's settings, from the configuration section <c>Scaler:Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Scaler:Admin";

    /// <summary>
    /// Who has it may look and act. At least 16 characters. Default: none, then one is made at every start and the URL to log in
    /// with is logged; with <see cref="OpenIdConnect"/>, none is made.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>Who has it may look but not act. At least 16 characters. Default: none, then nobody can log in read-only.</summary>
    public string? ReadOnlyToken { get; set; }

    /// <summary>How often the cluster is sampled while somebody watches: 250 ms to 1 min. Default: 1 s.</summary>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Where the Aspire dashboard is, for links from each server to its logs: an absolute http or https URL. Default: none, then there
    /// are no links. Servers say what their telemetry calls them by OpenTelemetry's variables.
    /// </summary>
    public string? DashboardUrl { get; set; }

    /// <summary>Logins that one address may try in a minute: 1 to 1,000. Default: 20.</summary>
    public int LoginAttemptsPerMinute { get; set; } = 20;

    /// <summary>Login by OpenID Connect. Default: none.</summary>
    public AdminOpenIdConnectOptions? OpenIdConnect { get; set; }

    /// <summary>How long a login lasts after the last request: 1 min to 30 days. Default: 12 h.</summary>
    public TimeSpan LoginLifetime { get; set; } = TimeSpan.FromHours(12);
}
