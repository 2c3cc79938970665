namespace Scaler;

/// <summary>Specifies how clients authenticate.</summary>
public enum ScalerAuthMode
{
    /// <summary>
    /// Scaler does not authenticate clients. A client may use any account, unless <see cref="ScalerOptions.AuthorizeAsync"/>
    /// refuses it.
    /// </summary>
    None,

    /// <summary>
    /// Clients authenticate with a JWT as bearer token (RFC 6750). A claim of the token holds the account. See
    /// <see cref="ScalerJwtOptions"/>.
    /// </summary>
    Jwt,
}
