using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.Stream.Api;

/// <summary>
/// Rejects requests without a valid key in <c>Authorization: Bearer key</c> (RFC 6750). The API uses this header because
/// clients drop it on redirects to another host, and because logs and proxies treat it as a secret.
/// </summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeys keys)
{
    private const string Scheme = "Bearer";

    public Task InvokeAsync(HttpContext context)
    {
        var index = KeyOf(context.Request.Headers.Authorization) is { } key ? keys.Find(key) : -1;
        if (index < 0)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = Scheme;
            return Task.CompletedTask;
        }

        // The metric tag shows an operator whether a key that is to be removed is still in use.
        var name = index.ToString(CultureInfo.InvariantCulture);
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new("scaler.api.key", name));
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme));
        return next(context);
    }

    private static string? KeyOf(Microsoft.Extensions.Primitives.StringValues header) =>
        header.Count == 1 && header[0]!.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)
            ? header[0]![(Scheme.Length + 1)..].Trim()
            : null;
}
