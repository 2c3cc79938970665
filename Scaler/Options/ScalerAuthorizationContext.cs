using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Scaler;

/// <summary>Provides the context of a handshake to <see cref="ScalerOptions.AuthorizeAsync"/>.</summary>
public sealed class ScalerAuthorizationContext
{
    internal ScalerAuthorizationContext(HttpContext httpContext, string? account, DateTimeOffset? expiresAt) =>
        (HttpContext, Account, ExpiresAt) = (httpContext, account, expiresAt);

    /// <summary>Gets the HTTP context of the handshake. Do not use it after the callback has completed.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>
    /// Gets the user from the token or from the application's own authentication; an anonymous principal if neither is present.
    /// </summary>
    public ClaimsPrincipal User => HttpContext.User;

    /// <summary>
    /// Gets or sets the account from the query or the token, or <see langword="null"/> if neither contains one. If it is still
    /// <see langword="null"/> after the callback, the handshake is answered with 400. A different value connects the client to
    /// that account.
    /// </summary>
    public string? Account { get; set; }

    /// <summary>
    /// Gets or sets the time at which the authorization expires. The default is the expiry of the token, or
    /// <see langword="null"/> (never) without a token. See <see cref="ScalerAuthOptions.CloseAtExpiry"/>.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
