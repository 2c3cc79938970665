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

    public static void Configure(JwtBearerOptions options, ScalerAuthOptions auth, TimeProvider time)
    {
        var jwt = auth.Jwt;
        var key = jwt.SigningKey is { } text ? JwtSigningKey.Parse(text) : null;
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
