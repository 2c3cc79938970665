using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.IdentityModel.Tokens;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Decides who may connect, and that nobody else speaks for a session afterwards.</summary>
internal sealed class Admission(ScalerOptions options)
{
    private readonly bool _verifies = options.Auth.Mode == ScalerAuthMode.Jwt;

    /// <summary>Judges a handshake. What it allows has an <see cref="Identity"/> as its tag.</summary>
    public async ValueTask<EngineAuthorization> AuthorizeAsync(HttpContext context, Func<HttpContext, ValueTask<EngineAuthorization>>? engine)
    {
        DateTimeOffset? expiresAt = null;
        if (_verifies)
        {
            if (AccessToken.Count(context.Request) > 1)
            {
                return EngineAuthorization.BadRequest("Bad request: the token is given more than once");
            }

            var result = await JwtVerification.VerifyAsync(context);
            if (result.Principal is not { } principal)
            {
                return EngineAuthorization.Refuse(Explain(result));
            }

            context.User = principal;
            expiresAt = result.Properties?.ExpiresUtc;
        }

        var user = UserOf(context);
        var asked = new ScalerAuthorizationContext(context, null, expiresAt);
        var found = FindAccount(context, asked);
        if (found.IsRefused)
        {
            return found;
        }

        var answer = engine is null ? EngineAuthorization.Allow : await engine(context);
        if (!answer.IsRefused && options.AuthorizeAsync is { } authorize)
        {
            answer = await authorize(asked);
        }

        if (answer.IsRefused)
        {
            return answer;
        }

        var account = AccountName.Check(asked.Account, options);
        if (account.IsRefused)
        {
            return account;
        }

        var identity = new Identity(asked.Account!, user, HashToken(context), asked.ExpiresAt);
        if (_verifies)
        {
            // A session keeps the headers of its handshake for as long as it lasts; the token has done what it is for.
            context.Request.Headers.Remove("Authorization");
        }

        return EngineAuthorization.AllowWith(identity);
    }

    /// <summary>Whether a later request comes from whom the session belongs to. The request may have been forwarded by another server.</summary>
    public async ValueTask<bool> IsOwnerAsync(HttpContext context, EngineSession session)
    {
        if (((session.Tag as ScalerConnection)?.Identity ?? session.Tag as Identity) is not { } identity)
        {
            return false;
        }

        foreach (var account in QueryValues.Read(context.Request.QueryString, AccountName.Parameter))
        {
            if (account != identity.Account)
            {
                return false;
            }
        }

        if (!_verifies)
        {
            return identity.User is null || UserOf(context) == identity.User;
        }

        if (HashToken(context) is not { } hash)
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(hash, identity.TokenHash) || await IsRenewalAsync(context, identity);
    }

    /// <summary>Whether another token than that of the handshake is one of the same user and account; it counts from then on.</summary>
    private async ValueTask<bool> IsRenewalAsync(HttpContext context, Identity identity)
    {
        var result = await JwtVerification.VerifyAsync(context);
        if (result.Principal is not { } principal || UserOf(principal) != identity.User || !principal.HasClaim(options.Auth.AccountClaim, identity.Account))
        {
            return false;
        }

        if (result.Properties?.ExpiresUtc > identity.ExpiresAt)
        {
            identity.ExpiresAt = result.Properties.ExpiresUtc;
        }

        return true;
    }

    private EngineAuthorization FindAccount(HttpContext context, ScalerAuthorizationContext asked)
    {
        var named = QueryValues.Read(context.Request.QueryString, AccountName.Parameter);
        if (named.Count > 1)
        {
            return EngineAuthorization.BadRequest($"Bad request: the query parameter '{AccountName.Parameter}' is given {named.Count} times");
        }

        asked.Account = named.Count == 1 && named[0] is { Length: > 0 } name ? name : null;
        if (_verifies)
        {
            var claimed = context.User.FindAll(options.Auth.AccountClaim).Select(static claim => claim.Value).Distinct(StringComparer.Ordinal).ToArray();
            if (asked.Account is { } account)
            {
                return claimed.Contains(account) ? AccountName.Check(account, options) : EngineAuthorization.Refuse("Forbidden: the token is not for this account");
            }

            if (claimed.Length > 1)
            {
                return EngineAuthorization.BadRequest(
                    $"Bad request: the token is for {claimed.Length} accounts, so the query parameter '{AccountName.Parameter}' is required");
            }

            asked.Account = claimed.Length == 1 ? claimed[0] : null;
        }

        // One that is missing may still be set by the application.
        return asked.Account is null && options.AuthorizeAsync is not null ? EngineAuthorization.Allow : AccountName.Check(asked.Account, options);
    }

    // Not by HttpContext.User, which makes somebody where there is nobody, and keeps him as long as the request.
    private string? UserOf(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User is { } user ? UserOf(user) : null;

    private string? UserOf(ClaimsPrincipal user) => user.Identity?.IsAuthenticated == true
        ? (user.FindFirst(options.Auth.UserClaim) ?? user.FindFirst(ClaimTypes.NameIdentifier))?.Value : null;

    private byte[]? HashToken(HttpContext context) =>
        _verifies && AccessToken.Read(context.Request) is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    private static string Explain(AuthenticateResult result) => result.Failure switch
    {
        null => "Forbidden: a token is required",
        SecurityTokenExpiredException => "Forbidden: the token has expired",
        _ => "Forbidden: the token is not valid",
    };
}
