using System.Security.Claims;

namespace Scaler;

/// <summary>Who may connect, and as whom.</summary>
public sealed class ScalerAuthOptions
{
    /// <summary>How clients prove who they are. Default null, not chosen: the library takes it as <see cref="ScalerAuthMode.None"/>, an application may insist on a choice.</summary>
    public ScalerAuthMode? Mode { get; set; }

    /// <summary>
    /// The claim of the token that holds the account, or each account where it is a list. The account in the query must be among them; where the
    /// query names none, the only one is taken. Default <c>account</c>.
    /// </summary>
    public string AccountClaim { get; set; } = "account";

    /// <summary>
    /// The claim that holds the user, whom a session stays bound to. Default <c>sub</c>. Without <see cref="ScalerAuthMode.Jwt"/> the user is the one of the
    /// application's own authentication, by this claim or by <see cref="ClaimTypes.NameIdentifier"/>, if there is one.
    /// </summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>
    /// Whether a connection is closed, with <c>4403 token expired</c> and within a second, when its token has expired: the client comes back with a
    /// new one. A polling client that sends a newer token of the same user meanwhile stays. Default true; when false, a token is only looked at
    /// when it is first seen.
    /// </summary>
    public bool CloseAtExpiry { get; set; } = true;

    /// <summary>What a token must be. Used with <see cref="ScalerAuthMode.Jwt"/>.</summary>
    public ScalerJwtOptions Jwt { get; set; } = new();
}
