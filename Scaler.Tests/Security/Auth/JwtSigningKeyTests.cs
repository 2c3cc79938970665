using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Scaler.Tests.Security.Auth;

/// <summary>
/// Tests that a public text never becomes an HMAC secret: everyone who can read that text could sign tokens with it.
/// </summary>
public sealed class JwtSigningKeyTests
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly string RsaPem = Rsa.ExportSubjectPublicKeyInfoPem();

    public static TheoryData<string, string> Refused
    {
        get
        {
            using var weakRsa = RSA.Create(1024);
            using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
            using var certificate = new CertificateRequest("CN=a", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
            const string NoHeader = "a key or certificate without its '-----BEGIN' line";
            const string Private = "a private key";
            return new()
            {
                { Convert.ToBase64String(Rsa.ExportSubjectPublicKeyInfo()), NoHeader },
                { Convert.ToBase64String(Rsa.ExportSubjectPublicKeyInfo(), Base64FormattingOptions.InsertLineBreaks), NoHeader },
                { Convert.ToBase64String(Rsa.ExportRSAPublicKey()), NoHeader },
                { Convert.ToBase64String(Rsa.ExportPkcs8PrivateKey()), NoHeader },
                { Convert.ToBase64String(Ecdsa.ExportSubjectPublicKeyInfo()), NoHeader },
                { Convert.ToBase64String(Ecdsa.ExportECPrivateKey()), NoHeader },
                { Convert.ToBase64String(certificate.RawData), NoHeader },
                { Convert.ToHexString(Rsa.ExportSubjectPublicKeyInfo()), NoHeader },
                { Convert.ToBase64String(Encoding.UTF8.GetBytes(RsaPem)), "a PEM encoded in base64" },
                { Convert.ToBase64String("""{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}"""u8), "JSON encoded in base64" },
                { RsaPem.Replace("-----", "", StringComparison.Ordinal), "a PEM whose header is damaged" },
                { RsaPem.Replace("-----", "--", StringComparison.Ordinal), "a PEM whose header is damaged" },
                { RsaPem.Replace("\n", "\\n", StringComparison.Ordinal), "this PEM cannot be parsed" },
                { """{"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs","e":"AQAB"}]}""", "JSON, such as a JWK or a JWKS" },
                { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ann@example", "a public key of SSH" },
                { "AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDw4o6gJy8UtmIbkcpnkO3K", "a public key of SSH" },
                { "https://id.example/.well-known/openid-configuration", "a URL, which belongs in Auth:Jwt:Authority" },
                { "/run/secrets/tokens/issuer/public-key.pem", "a path" },
                { @"C:\ProgramData\Scaler\keys\issuer-public-key.PEM", "a path" },
                { typeof(JwtSigningKeyTests).Assembly.Location, "a path" },
                { Rsa.ExportPkcs8PrivateKeyPem(), Private },
                { Rsa.ExportRSAPrivateKeyPem(), Private },
                { Ecdsa.ExportECPrivateKeyPem(), Private },
                { certificate.ExportCertificatePem(), "a certificate, whose public key is expected" },
                { weakRsa.ExportSubjectPublicKeyInfoPem(), "an RSA key of 1024 bits" },
                { otherCurve.ExportSubjectPublicKeyInfoPem(), "an ECDSA key on another curve" },
                { new string('x', 32), "has only 1 different characters" },
                { "0123456789abcdef0123456789abcdef", "repeats a shorter text" },
                { "changeme!changeme!changeme!changeme!chang", "repeats a shorter text" },
                { "abcdefghijklmnopqrstuvwxyz012345", "consists of consecutive characters" },
                { "31 random-looking characters 5%", "has 31 characters" },
            };
        }
    }

    [Theory, MemberData(nameof(Refused))]
    public void Validate_NoSecretAndNoPublicKeyInPem_SaysWhatItLooksLike(string key, string looksLike)
    {
        var message = JwtSigningKey.Validate(key);
        Assert.NotNull(message);
        Assert.Contains(looksLike, message, StringComparison.Ordinal);
        Assert.DoesNotContain(key[..16], message, StringComparison.Ordinal);
    }

    /// <summary>
    /// RSA of 512 bits can be factored in hours. .NET does not generate such a key, so this one is encoded by hand.
    /// </summary>
    [Fact]
    public void Validate_RsaOf512Bits_IsRefused()
    {
        var parameters = new RSAParameters { Modulus = [0xC1, .. new byte[62], 0x01], Exponent = [1, 0, 1] };
        using var rsa = RSA.Create(parameters);
        Assert.Contains(
            "an RSA key of 512 bits", JwtSigningKey.Validate(rsa.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_RandomSecretsAndPublicKeys_AreAccepted()
    {
        Assert.Null(JwtSigningKey.Validate(RsaPem));
        Assert.Null(JwtSigningKey.Validate(Ecdsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Null(JwtSigningKey.Validate(Rsa.ExportRSAPublicKeyPem()));
        for (var seed = 0; seed < 1000; seed++)
        {
            var bytes = new byte[32];
            new Random(seed).NextBytes(bytes);
            Assert.Null(JwtSigningKey.Validate(Convert.ToBase64String(bytes)));
            Assert.Null(JwtSigningKey.Validate(Convert.ToHexString(bytes)));
            Assert.Null(JwtSigningKey.Validate(new Guid(bytes.AsSpan(16)).ToString("D", CultureInfo.InvariantCulture)));
        }
    }
}
