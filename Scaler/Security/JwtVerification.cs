using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Scaler;

/// <summary>
/// Looks at tokens with ASP.NET Core's own handler for JWT. It is not registered as a scheme of the application: one more scheme would change which
/// of them the application takes by default.
/// </summary>
internal static class JwtVerification
{
    public const string Scheme = "Scaler";

    private static readonly AuthenticationScheme Handler = new(Scheme, null, typeof(JwtBearerHandler));
    private static readonly string[] Secrets = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];
    private static readonly string[] Signatures =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static async Task<AuthenticateResult> VerifyAsync(HttpContext context)
    {
        var handler = ActivatorUtilities.CreateInstance<JwtBearerHandler>(context.RequestServices);
        await handler.InitializeAsync(Handler, context);
        return await handler.AuthenticateAsync();
    }

    /// <summary>What is wrong with a key, or null.</summary>
    public static string? Check(string key)
    {
        try
        {
            return Key(key) is SymmetricSecurityKey { KeySize: < 256 } ? "a secret of 32 characters or more, or a public key in PEM" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return "a public key of RSA or ECDSA in PEM, or a secret of 32 characters or more";
        }
    }

    public static void Configure(JwtBearerOptions options, ScalerAuthOptions auth, TimeProvider time)
    {
        var jwt = auth.Jwt;
        var key = jwt.SigningKey is { } text ? Key(text) : null;
        options.Authority = jwt.Authority;
        options.RequireHttpsMetadata = jwt.RequireHttps;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            AuthenticationType = Scheme,
            IssuerSigningKey = key,
            // Those of the key's kind only: a public key must not be taken for a secret.
            ValidAlgorithms = key is SymmetricSecurityKey ? Secrets : Signatures,
            ValidAudience = jwt.Audience,
            ValidIssuer = jwt.Issuer,
            NameClaimType = auth.UserClaim,
            LifetimeValidator = (notBefore, expires, _, _) => IsNow(notBefore, expires, jwt.ClockSkew, time),
        };
    }

    private static SecurityKey Key(string text)
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

    private static bool IsNow(DateTime? notBefore, DateTime? expires, TimeSpan skew, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end || end < now - skew)
        {
            throw new SecurityTokenExpiredException();
        }

        return notBefore is not { } begin || begin <= now + skew;
    }
}
