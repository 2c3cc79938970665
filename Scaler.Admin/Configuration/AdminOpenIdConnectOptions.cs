namespace Scaler.Admin.Configuration;

/// <summary>
/// Options for OpenID Connect login, bound from the configuration section <c>Scaler:Admin:OpenIdConnect</c>. The dashboard uses
/// the authorization code flow with PKCE. Register <c>/login/callback</c> as the redirect URI at the provider.
/// </summary>
public sealed class AdminOpenIdConnectOptions
{
    /// <summary>
    /// Gets or sets the provider's issuer URL, which serves the discovery document. It must be an absolute https URL; http is
    /// allowed for a loopback address only. Required.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>Gets or sets the client id of the dashboard at the provider. Required.</summary>
    public string? ClientId { get; set; }

    /// <summary>Gets or sets the client secret. Default: none, for a provider that accepts PKCE alone.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// Gets or sets the requested scopes, separated by spaces. Must include <c>openid</c>. Default: <c>openid profile</c>.
    /// </summary>
    public string Scope { get; set; } = "openid profile";

    /// <summary>Gets or sets the claim that holds the user's roles. Default: <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>
    /// Gets or sets the value of <see cref="RoleClaim"/> that grants read and write access. Default: <c>operator</c>.
    /// </summary>
    public string OperatorRole { get; set; } = "operator";

    /// <summary>Gets or sets the value of <see cref="RoleClaim"/> that grants read-only access. Default: <c>reader</c>.</summary>
    public string ReaderRole { get; set; } = "reader";

    /// <summary>
    /// Gets or sets the claim that holds the user's name, for the audit log. Default: <c>name</c>. The <c>sub</c> claim is used
    /// when this claim is missing.
    /// </summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>Gets or sets the provider's name on the login page. Default: <c>OpenID Connect</c>.</summary>
    public string DisplayName { get; set; } = "OpenID Connect";
}
