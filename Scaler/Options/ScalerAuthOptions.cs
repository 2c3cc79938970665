using System.Security.Claims;

namespace Scaler;

/// <summary>Options for the authentication of clients.</summary>
public sealed class ScalerAuthOptions
{
    /// <summary>
    /// Gets or sets the authentication mode. The default is <see langword="null"/>, which means that no mode was chosen. The
    /// library treats it as <see cref="ScalerAuthMode.None"/>; an application may require a choice.
    /// </summary>
    public ScalerAuthMode? Mode { get; set; }

    /// <summary>
    /// Gets or sets the name of the token claim that holds the account, or a list of accounts. The account in the query must be
    /// one of them. If the query has no account and the token has exactly one, that one is used. The default is <c>account</c>.
    /// </summary>
    public string AccountClaim { get; set; } = "account";

    /// <summary>
    /// Gets or sets the name of the claim that holds the user. A session is bound to its user. The default is <c>sub</c>.
    /// Without <see cref="ScalerAuthMode.Jwt"/>, the user comes from the application's own authentication, if any: from this
    /// claim or from <see cref="ClaimTypes.NameIdentifier"/>.
    /// </summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>
    /// Gets or sets a value indicating whether a connection is closed when its token expires, so that the client reconnects
    /// with a new token. The server closes the connection within 1 second, with <c>4403 token expired</c>. A polling client
    /// that sends a newer token of the same user in time stays connected. The default is <see langword="true"/>. If
    /// <see langword="false"/>, a token is checked only when it is first received.
    /// </summary>
    public bool CloseAtExpiry { get; set; } = true;

    /// <summary>Gets or sets the options for token validation. Used only with <see cref="ScalerAuthMode.Jwt"/>.</summary>
    public ScalerJwtOptions Jwt { get; set; } = new();
}
