namespace Scaler.Admin.Configuration;

/// <summary>
/// Login by an OpenID Connect provider, from the configuration section <c>Scaler:Admin:OpenIdConnect</c>: the code flow with PKCE. The
/// provider is to send people back to <c>/login/callback</c>.
/// </summary>
public sealed class AdminOpenIdConnectOptions
{
    /// <summary>The provider's issuer: an absolute https URL (http only on this machine), below which its discovery document is.</summary>
    public string? Authority { get; set; }

    /// <summary>What the dashboard is called there.</summary>
    public string? ClientId { get; set; }

    /// <summary>What it proves that with. Default: none, for a provider that trusts PKCE alone.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What is asked for, apart by blanks. <c>openid</c> must be among it. Default: <c>openid profile</c>.</summary>
    public string Scope { get; set; } = "openid profile";

    /// <summary>The claim that says what somebody may do. Default: <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Whose claim has this value may look and act. Default: <c>operator</c>.</summary>
    public string OperatorRole { get; set; } = "operator";

    /// <summary>Whose claim has this value may look. Default: <c>reader</c>.</summary>
    public string ReaderRole { get; set; } = "reader";

    /// <summary>The claim that names people, for the audit log. Default: <c>name</c>; where it is missing, the subject.</summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>What the login page calls the provider. Default: <c>OpenID Connect</c>.</summary>
    public string DisplayName { get; set; } = "OpenID Connect";
}
