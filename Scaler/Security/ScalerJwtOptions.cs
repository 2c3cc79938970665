namespace Scaler;

/// <summary>
/// What a JWT must be. The client sends it as <c>Authorization: Bearer …</c> or, as browsers must for a WebSocket, as <c>access_token</c> in the
/// query; not both. Either <see cref="Authority"/> or <see cref="SigningKey"/> says whose signature counts.
/// </summary>
public sealed class ScalerJwtOptions
{
    /// <summary>The URL of the OpenID Connect provider, whose keys and issuer are read from its metadata. Https, unless <see cref="RequireHttps"/> is false.</summary>
    public string? Authority { get; set; }

    /// <summary>
    /// The key of the signatures, in place of an authority: a secret of 32 characters or more (HS256, HS384, HS512), or a public key in PEM
    /// (<c>-----BEGIN PUBLIC KEY-----</c>; RSA: RS and PS, ECDSA: ES).
    /// </summary>
    public string? SigningKey { get; set; }

    /// <summary>Who must have issued the token. Required with <see cref="SigningKey"/>; with an authority the default is what its metadata says.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom the token must be for. Required: a token for another service must not open this one.</summary>
    public string? Audience { get; set; }

    /// <summary>Whether <see cref="Authority"/> must be https. Default true.</summary>
    public bool RequireHttps { get; set; } = true;

    /// <summary>How far the clocks of issuer and server may differ. 0 to 10 min; default 30 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}
