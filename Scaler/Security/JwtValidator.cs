using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
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

    // RFC 7519 section 5.1 and RFC 9068 section 2.1, where the prefix "application/" may be omitted.
    private static readonly string[] TokenTypes = ["JWT", "at+jwt", "application/jwt", "application/at+jwt"];

    public static async Task<AuthenticateResult> VerifyAsync(HttpContext context)
    {
        // With a logger, the handler would log the stack of each token that it refuses. Other exceptions are thrown.
        var handler = ActivatorUtilities.CreateInstance<JwtBearerHandler>(context.RequestServices, NullLoggerFactory.Instance);
        await handler.InitializeAsync(JwtScheme, context);
        return await handler.AuthenticateAsync();
    }

    public static void Configure(JwtBearerOptions options, ScalerAuthOptions auth, TimeProvider time)
    {
        var jwt = auth.Jwt;
        string[] texts = jwt.SigningKey is { } first ? [first, .. jwt.AdditionalSigningKeys] : [];
        var keys = Array.ConvertAll(texts, JwtSigningKey.Parse);
        options.Authority = jwt.Authority;
        options.RequireHttpsMetadata = jwt.RequireHttps;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            AuthenticationType = Scheme,
            IssuerSigningKeys = keys,

            // Allow only the algorithms of the keys' types, so that a public key is never used as an HMAC secret.
            ValidAlgorithms = GetAlgorithms(keys),
            TypeValidator = ValidateHeader,
            ValidAudience = jwt.Audience,
            ValidIssuer = jwt.Issuer,
            NameClaimType = auth.UserClaim,
            LifetimeValidator = (notBefore, expires, _, _) => IsWithinLifetime(notBefore, expires, jwt.ClockSkew, time),
        };
    }

    private static string[] GetAlgorithms(SecurityKey[] keys)
    {
        var secrets = keys.Count(static key => key is SymmetricSecurityKey);
        return secrets == 0 ? AsymmetricAlgorithms
            : secrets == keys.Length ? SymmetricAlgorithms
            : [.. SymmetricAlgorithms, .. AsymmetricAlgorithms];
    }

    /// <summary>
    /// Refuses tokens that were made for another purpose (<c>typ</c>, RFC 8725 section 3.11), and tokens with extensions that
    /// must be understood (<c>crit</c>, RFC 7515 section 4.1.11), because none is implemented. The type is optional.
    /// </summary>
    private static string ValidateHeader(string? type, SecurityToken token, TokenValidationParameters parameters)
    {
        if (!string.IsNullOrEmpty(type) && !TokenTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new SecurityTokenInvalidTypeException("The type of the token is not that of an access token.");
        }

        return token is JsonWebToken jwt && jwt.TryGetHeaderValue<object>("crit", out _)
            ? throw new SecurityTokenInvalidTypeException("The token has critical header parameters that are not supported.")
            : type ?? "";
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
