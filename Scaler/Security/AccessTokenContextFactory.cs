using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Http;

namespace Scaler;

/// <summary>
/// Removes the token from the URL of every request to Scaler's endpoint. The HTTP context factory is the first application code
/// that sees a request. Request logging and tracing start directly after it and before any middleware.
/// </summary>
internal sealed class AccessTokenContextFactory(IHttpContextFactory inner, EndpointPaths paths) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && paths.ContainsUnnamed(request.Path))
        {
            AccessToken.MoveToHeader(request);
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
