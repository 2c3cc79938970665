using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Scaler.Tests.Security.Auth;

/// <summary>Issues tokens for tests.</summary>
internal static class TestTokens
{
    public const string Secret = "a secret of the tests, long enough for HS256";
    public const string Issuer = "https://issuer.example";
    public const string Audience = "stream";

    /// <summary>Configures options to trust the tokens of this class.</summary>
    public static void ConfigureTrust(ScalerOptions options)
    {
        options.Auth.Mode = ScalerAuthMode.Jwt;
        options.Auth.Jwt.SigningKey = Secret;
        options.Auth.Jwt.Issuer = Issuer;
        options.Auth.Jwt.Audience = Audience;
        options.Auth.Jwt.ClockSkew = TimeSpan.Zero;
    }

    public static string Create(string account, string user = "ann", Action<SecurityTokenDescriptor>? change = null) =>
        Create([account], user, change);

    public static string Create(string[] accounts, string user = "ann", Action<SecurityTokenDescriptor>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            NotBefore = now.AddMinutes(-1),
            Expires = now.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["sub"] = user, ["account"] = accounts },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Secret)), SecurityAlgorithms.HmacSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>Creates signing credentials, and the matching public key in PEM format.</summary>
    public static (SigningCredentials Credentials, string Pem) NewKey(bool elliptic)
    {
        if (elliptic)
        {
            var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return (new SigningCredentials(new ECDsaSecurityKey(ecdsa), SecurityAlgorithms.EcdsaSha256), ecdsa.ExportSubjectPublicKeyInfoPem());
        }

        var rsa = RSA.Create(2048);
        return (new SigningCredentials(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256), rsa.ExportSubjectPublicKeyInfoPem());
    }
}
