using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler;

/// <summary>
/// Takes the token out of the URL of every request to Scaler's endpoint. It stands here because this is the first code of an application that sees a
/// request: what logs and traces requests begins right behind it, and no middleware comes before that.
/// </summary>
internal sealed class AccessTokenContextFactory(IHttpContextFactory inner, string path) : IHttpContextFactory
{
    private readonly string _path = path.TrimEnd('/');

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        // The application may live under a path base, which is still a part of the path here.
        if (featureCollection.Get<IHttpRequestFeature>() is { } request
            && request.Path.AsSpan().TrimEnd('/').EndsWith(_path, StringComparison.OrdinalIgnoreCase))
        {
            AccessToken.MoveToHeader(request);
        }

        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
