using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler.Cluster;

/// <summary>Passes a request on as it came, and its answer, with the cluster's header in place of whatever the client may have sent under its name.</summary>
internal sealed class ForwardTransformer(string header) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Remove(ForwardHeader.Name);
        proxyRequest.Headers.TryAddWithoutValidation(ForwardHeader.Name, header);

        // The host that the client asked for: the answering server compares origins with it.
        proxyRequest.Headers.Host = httpContext.Request.Host.Value;
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            // What both servers say of an answer is said once: browsers take no origin that is allowed twice.
            foreach (var (name, _) in proxyResponse.Headers)
            {
                httpContext.Response.Headers.Remove(name);
            }
        }

        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }
}
