namespace Scaler;

/// <summary>
/// Options for the validation of JWTs. The client sends the token either as <c>Authorization: Bearer …</c> or as
/// <c>access_token</c> in the query, but not both. Browsers must use the query for a WebSocket. Set either
/// <see cref="Authority"/> or <see cref="SigningKey"/> to provide the signing key.
/// </summary>
public sealed class ScalerJwtOptions
{
    /// <summary>
    /// Gets or sets the URL of the OpenID Connect provider. Its metadata provides the signing keys and the issuer. The URL must
    /// use https, unless <see cref="RequireHttps"/> is <see langword="false"/>.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>
    /// Gets or sets the signing key, as an alternative to <see cref="Authority"/>. It is either a random secret of 32 characters
    /// or more (HS256, HS384, HS512) or a public key in PEM (<c>-----BEGIN PUBLIC KEY-----</c>; RSA of 2,048 bits or more for RS
    /// and PS algorithms, ECDSA on P-256, P-384 or P-521 for ES algorithms). A value that looks like something else, such as a
    /// public key without its PEM header, a JWKS, a URL or a path, is refused at start.
    /// </summary>
    public string? SigningKey { get; set; }

    /// <summary>
    /// Gets further keys whose tokens are accepted, in the forms of <see cref="SigningKey"/>. They allow the rotation of a key
    /// without downtime: add the new key here, let the issuer sign with it, make it the <see cref="SigningKey"/> when all old
    /// tokens have expired, and remove the old one. Default: none. Requires <see cref="SigningKey"/>.
    /// </summary>
    public IList<string> AdditionalSigningKeys { get; } = [];

    /// <summary>
    /// Gets or sets the required issuer (<c>iss</c>) of the token. Required with <see cref="SigningKey"/>. With
    /// <see cref="Authority"/>, the default is the issuer from the metadata.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// Gets or sets the required audience (<c>aud</c>) of the token. Required, so that a token for another service is not
    /// accepted.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether <see cref="Authority"/> must use https. The default is <see langword="true"/>.
    /// </summary>
    public bool RequireHttps { get; set; } = true;

    /// <summary>
    /// Gets or sets the allowed clock difference between issuer and server. From 0 to 10 minutes; the default is 30 seconds.
    /// </summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}
