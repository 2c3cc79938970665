using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Scaler;

/// <summary>Parses <see cref="ScalerJwtOptions.SigningKey"/>: a secret, or a public key in PEM.</summary>
internal static class JwtSigningKey
{
    /// <summary>The minimum size of an RSA key, in bits (NIST SP 800-131A).</summary>
    private const int MinRsaBits = 2048;

    private static readonly ECCurve[] NistCurves =
        [ECCurve.NamedCurves.nistP256, ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521];

    private const string Pem = "an RSA key of 2048 bits or more or an ECDSA key on P-256, P-384 or P-521, as a public key in PEM";
    private const string Expected = "a random secret of 32 characters or more, or a public key in PEM";

    /// <summary>Validates a signing key.</summary>
    /// <returns>
    /// A description of the expected key and of what the value looks like, or <see langword="null"/> if the key is valid.
    /// </returns>
    public static string? Validate(string text)
    {
        if (!IsPem(text))
        {
            return JwtSigningKeyShape.Describe(text) is { } shape ? $"{Expected}; it looks like {shape}"
                : SecretStrength.FindWeakness(text) is { } weakness ? $"{Expected}; it {weakness}"
                : null;
        }

        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return $"{Pem}; it looks like a private key, which only the issuer of the tokens needs";
        }

        if (text.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
        {
            return $"{Pem}; it looks like a certificate, whose public key is expected";
        }

        try
        {
            return DescribeWeakness(Parse(text)) is { } weakness ? $"{Pem}; it is {weakness}" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return $"{Pem}; this PEM cannot be parsed";
        }
    }

    /// <summary>Parses a signing key.</summary>
    /// <exception cref="ArgumentException">The PEM contains no key that is supported.</exception>
    /// <exception cref="CryptographicException">The PEM could not be parsed.</exception>
    public static SecurityKey Parse(string text)
    {
        if (!IsPem(text))
        {
            return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(text));
        }

        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(text);
            return new ECDsaSecurityKey(ecdsa);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            ecdsa.Dispose();
        }

        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            return new RsaSecurityKey(rsa);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static bool IsPem(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    private static string? DescribeWeakness(SecurityKey key) => key switch
    {
        RsaSecurityKey { Rsa.KeySize: < MinRsaBits and var bits } => $"an RSA key of {bits} bits",
        ECDsaSecurityKey ecdsa when !IsNistCurve(ecdsa.ECDsa.ExportParameters(false).Curve) => "an ECDSA key on another curve",
        _ => null,
    };

    private static bool IsNistCurve(ECCurve curve) =>
        curve.Oid?.Value is { } id && NistCurves.Any(nist => nist.Oid.Value == id);
}
