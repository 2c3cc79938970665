using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Scaler;

/// <summary>A handshake that asks for a connection, for <see cref="ScalerOptions.AuthorizeAsync"/>.</summary>
public sealed class ScalerAuthorizationContext
{
    internal ScalerAuthorizationContext(HttpContext httpContext, string? account, DateTimeOffset? expiresAt) =>
        (HttpContext, Account, ExpiresAt) = (httpContext, account, expiresAt);

    /// <summary>The request; not to be kept beyond the call.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>Who asks, as the token or the application's own authentication says; an anonymous principal without either.</summary>
    public ClaimsPrincipal User => HttpContext.User;

    /// <summary>
    /// The account that the query or the token names; null where neither does: then it may be set, or the handshake gets 400. Setting it to another one
    /// connects the client to that.
    /// </summary>
    public string? Account { get; set; }

    /// <summary>When the permission ends; see <see cref="ScalerAuthOptions.CloseAtExpiry"/>. Default: with the token, or never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
