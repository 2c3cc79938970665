namespace Scaler;

/// <summary>How clients prove who they are.</summary>
public enum ScalerAuthMode
{
    /// <summary>Not by Scaler: every client may name any account, unless <see cref="ScalerOptions.AuthorizeAsync"/> objects.</summary>
    None,

    /// <summary>By a JWT as bearer token, RFC 6750, whose claim says which account it is for: see <see cref="ScalerJwtOptions"/>.</summary>
    Jwt,
}
