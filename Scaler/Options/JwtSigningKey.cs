using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Scaler;

/// <summary>Parses <see cref="ScalerJwtOptions.SigningKey"/>: a secret, or a public key in PEM.</summary>
internal static class JwtSigningKey
{
    /// <summary>Validates a signing key.</summary>
    /// <returns>A description of the expected key, or <see langword="null"/> if the key is valid.</returns>
    public static string? Validate(string key)
    {
        try
        {
            return Parse(key) is SymmetricSecurityKey { KeySize: < 256 }
                ? "a secret of 32 characters or more, or a public key in PEM"
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return "an RSA or ECDSA public key in PEM, or a secret of 32 characters or more";
        }
    }

    /// <summary>Parses a signing key.</summary>
    /// <exception cref="ArgumentException">The PEM contains no key that is supported.</exception>
    /// <exception cref="CryptographicException">The PEM could not be parsed.</exception>
    public static SecurityKey Parse(string text)
    {
        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(text));
        }

        try
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(text);
            return new ECDsaSecurityKey(ecdsa);
        }
        catch (CryptographicException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return new RsaSecurityKey(rsa);
        }
    }
}
