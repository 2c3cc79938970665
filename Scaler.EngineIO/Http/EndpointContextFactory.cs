using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Removes the session id and repeated slashes from the URL of each request to an Engine.IO endpoint. The HTTP context factory is
/// the first application code that sees a request: request logging and tracing start directly after it, before any middleware.
/// </summary>
internal sealed class EndpointContextFactory(IHttpContextFactory inner, EndpointPaths paths) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        ArgumentNullException.ThrowIfNull(featureCollection);
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && paths.Contains(request.Path))
        {
            request.Path = EndpointPaths.CollapseSlashes(request.Path);
            if (request.QueryString.Length > 0 && SessionIdFeature.Remove(request) is { } sessionId)
            {
                featureCollection.Set<ISessionIdFeature>(sessionId);
            }
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
