using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Scaler;

/// <summary>
/// Validates tokens with ASP.NET Core's JWT bearer handler. The handler is not registered as an authentication scheme, because an
/// additional scheme could change the application's default scheme.
/// </summary>
internal static class JwtValidator
{
    public const string Scheme = "Scaler";

    private static readonly AuthenticationScheme JwtScheme = new(Scheme, null, typeof(JwtBearerHandler));
    private static readonly string[] SymmetricAlgorithms =
        [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];

    private static readonly string[] AsymmetricAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static async Task<AuthenticateResult> VerifyAsync(HttpContext context)
    {
        var handler = ActivatorUtilities.CreateInstance<JwtBearerHandler>(context.RequestServices);
        await handler.InitializeAsync(JwtScheme, context);
        return await handler.AuthenticateAsync();
    }

    /// <summary>Validates a signing key.</summary>
    /// <returns>A description of the expected key, or <see langword="null"/> if the key is valid.</returns>
    public static string? ValidateKey(string key)
    {
        try
        {
            return Key(key) is SymmetricSecurityKey { KeySize: < 256 }
                ? "a secret of 32 characters or more, or a public key in PEM"
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return "an RSA or ECDSA public key in PEM, or a secret of 32 characters or more";
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

            // Allow only the algorithms of the key's type, so that a public key is never used as an HMAC secret.
            ValidAlgorithms = key is SymmetricSecurityKey ? SymmetricAlgorithms : AsymmetricAlgorithms,
            ValidAudience = jwt.Audience,
            ValidIssuer = jwt.Issuer,
            NameClaimType = auth.UserClaim,
            LifetimeValidator = (notBefore, expires, _, _) => IsWithinLifetime(notBefore, expires, jwt.ClockSkew, time),
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

    private static bool IsWithinLifetime(DateTime? notBefore, DateTime? expires, TimeSpan skew, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end || end < now - skew)
        {
            throw new SecurityTokenExpiredException();
        }

        return notBefore is not { } begin || begin <= now + skew;
    }
}
