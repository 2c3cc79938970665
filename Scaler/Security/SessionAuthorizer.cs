using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.IdentityModel.Tokens;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Authorizes handshakes and binds each session to the identity of its handshake.</summary>
internal sealed class SessionAuthorizer(ScalerOptions options)
{
    private readonly bool _validatesTokens = options.Auth.Mode == ScalerAuthMode.Jwt;

    /// <summary>Authorizes a handshake. The owner of an allowed session is a <see cref="SessionState"/>.</summary>
    public async ValueTask<EngineAuthorization> AuthorizeAsync(
        HttpContext context, Func<HttpContext, ValueTask<EngineAuthorization>>? engine)
    {
        DateTimeOffset? expiresAt = null;
        if (_validatesTokens)
        {
            if (AccessToken.CountCredentials(context.Request) > 1)
            {
                return EngineAuthorization.BadRequest("Bad request: the token is given more than once");
            }

            var authentication = await JwtValidator.VerifyAsync(context);
            if (authentication.Principal is not { } principal)
            {
                return EngineAuthorization.Refuse(Explain(authentication));
            }

            context.User = principal;
            expiresAt = authentication.Properties?.ExpiresUtc;
        }

        var user = UserOf(context);
        var authorization = new ScalerAuthorizationContext(context, null, expiresAt);
        var accountResult = FindAccount(context, authorization);
        if (accountResult.IsRefused)
        {
            return accountResult;
        }

        var result = engine is null ? EngineAuthorization.Allow : await engine(context);
        if (!result.IsRefused && options.AuthorizeAsync is { } authorize)
        {
            var items = result.Items;
            result = await authorize(authorization);
            result = Merge(items, result);
        }

        if (result.IsRefused)
        {
            return result;
        }

        var nameResult = AccountName.Validate(authorization.Account, options);
        if (nameResult.IsRefused)
        {
            return nameResult;
        }

        var identity = new SessionIdentity(authorization.Account!, user, HashToken(context), authorization.ExpiresAt);
        if (_validatesTokens)
        {
            // The session keeps the handshake's headers for its whole lifetime. Remove the token, which is not needed after
            // validation.
            context.Request.Headers.Remove("Authorization");
        }

        return result.WithOwner(new SessionState(identity));
    }

    /// <summary>
    /// Determines whether a later request comes from the owner of the session. Another server may have forwarded the request.
    /// </summary>
    public async ValueTask<bool> IsOwnerAsync(HttpContext context, EngineSession session)
    {
        if (SessionState.Find(session)?.Identity is not { } identity)
        {
            return false;
        }

        foreach (var account in QueryParameterReader.Read(context.Request.QueryString, AccountName.Parameter))
        {
            if (account != identity.Account)
            {
                return false;
            }
        }

        if (!_validatesTokens)
        {
            return identity.User is null || UserOf(context) == identity.User;
        }

        if (HashToken(context) is not { } hash)
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(hash, identity.TokenHash) || await IsRenewalAsync(context, identity);
    }

    /// <summary>
    /// Determines whether a token other than the handshake's is valid for the same user and account. A later expiry extends the
    /// identity.
    /// </summary>
    private async ValueTask<bool> IsRenewalAsync(HttpContext context, SessionIdentity identity)
    {
        var result = await JwtValidator.VerifyAsync(context);
        if (result.Principal is not { } principal
            || UserOf(principal) != identity.User
            || !principal.HasClaim(options.Auth.AccountClaim, identity.Account))
        {
            return false;
        }

        if (result.Properties?.ExpiresUtc > identity.ExpiresAt)
        {
            identity.ExpiresAt = result.Properties.ExpiresUtc;
        }

        return true;
    }

    /// <summary>
    /// Adds the items of the Engine.IO callback to the result of the second callback, whose items replace equal keys.
    /// </summary>
    private static EngineAuthorization Merge(IReadOnlyDictionary<object, object?>? items, EngineAuthorization result)
    {
        if (items is null || result.IsRefused)
        {
            return result;
        }

        var merged = new Dictionary<object, object?>(items);
        foreach (var (key, value) in result.Items ?? items)
        {
            merged[key] = value;
        }

        return EngineAuthorization.AllowWith(merged);
    }

    private EngineAuthorization FindAccount(HttpContext context, ScalerAuthorizationContext authorization)
    {
        var values = QueryParameterReader.Read(context.Request.QueryString, AccountName.Parameter);
        if (values.Count > 1)
        {
            return EngineAuthorization.BadRequest(
                $"Bad request: the query parameter '{AccountName.Parameter}' is given {values.Count} times");
        }

        if (values.Count == 1 && values[0] is null)
        {
            return EngineAuthorization.BadRequest(
                $"Bad request: the query parameter '{AccountName.Parameter}' is not valid percent-encoded UTF-8");
        }

        authorization.Account = values.Count == 1 && values[0] is { Length: > 0 } name ? name : null;
        if (_validatesTokens)
        {
            var claims = context.User.FindAll(options.Auth.AccountClaim)
                .Select(static claim => claim.Value).Distinct(StringComparer.Ordinal).ToArray();
            if (authorization.Account is { } account)
            {
                return claims.Contains(account)
                    ? AccountName.Validate(account, options)
                    : EngineAuthorization.Refuse("Forbidden: the token is not for this account");
            }

            if (claims.Length > 1)
            {
                return EngineAuthorization.BadRequest(
                    $"Bad request: the token is for {claims.Length} accounts, "
                    + $"so the query parameter '{AccountName.Parameter}' is required");
            }

            authorization.Account = claims.Length == 1 ? claims[0] : null;
        }

        // The application's callback may still set a missing account.
        return authorization.Account is null && options.AuthorizeAsync is not null
            ? EngineAuthorization.Allow
            : AccountName.Validate(authorization.Account, options);
    }

    // Do not read HttpContext.User: its getter allocates an anonymous principal and stores it on the request.
    private string? UserOf(HttpContext context) =>
        context.Features.Get<IHttpAuthenticationFeature>()?.User is { } user ? UserOf(user) : null;

    private string? UserOf(ClaimsPrincipal user) => user.Identity?.IsAuthenticated == true
        ? (user.FindFirst(options.Auth.UserClaim) ?? user.FindFirst(ClaimTypes.NameIdentifier))?.Value : null;

    private byte[]? HashToken(HttpContext context) =>
        _validatesTokens && AccessToken.Read(context.Request) is { } token
            ? SHA256.HashData(Encoding.UTF8.GetBytes(token))
            : null;

    private static string Explain(AuthenticateResult result) => result.Failure switch
    {
        null => "Forbidden: a token is required",
        SecurityTokenExpiredException => "Forbidden: the token has expired",
        _ => "Forbidden: the token is not valid",
    };
}
