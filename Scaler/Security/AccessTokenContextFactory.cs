using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler;

/// <summary>
/// Removes the token from the URL of every request to Scaler's endpoint. The HTTP context factory is the first application code
/// that sees a request. Request logging and tracing start directly after it and before any middleware.
/// </summary>
internal sealed class AccessTokenContextFactory(IHttpContextFactory inner, string path) : IHttpContextFactory
{
    private readonly string _path = path.TrimEnd('/');

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        // Match the end of the path: a path base of the application is still part of the path here.
        if (featureCollection.Get<IHttpRequestFeature>() is { } request
            && request.Path.AsSpan().TrimEnd('/').EndsWith(_path, StringComparison.OrdinalIgnoreCase))
        {
            AccessToken.MoveToHeader(request);
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
