using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Secrets;
using Scaler.EngineIO;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler.Cluster.Forwarding;

/// <summary>
/// Forwards a request and its response unchanged, except for the cluster's own header. A header of that name from the client is
/// replaced.
/// </summary>
internal sealed class ForwardTransformer(string header) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Remove(ForwardHeader.Name);
        proxyRequest.Headers.TryAddWithoutValidation(ForwardHeader.Name, header);

        // Keep the host that the client requested: the receiving server compares the Origin header with it.
        // HttpRequest.Host would decode an internationalized name, which HTTP cannot carry.
        proxyRequest.Headers.Host = httpContext.Request.Headers.Host;

        if (httpContext.Features.Get<ISessionIdFeature>() is { } sessionId)
        {
            proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(
                destinationPrefix, httpContext.Request.Path, new QueryString(sessionId.QueryString));
        }
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            // Remove headers that both servers set: browsers reject a response with two Access-Control-Allow-Origin values.
            foreach (var (name, _) in proxyResponse.Headers)
            {
                httpContext.Response.Headers.Remove(name);
            }
        }

        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }
}
