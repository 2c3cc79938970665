using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;
using Scaler.EngineIO;

namespace Scaler.Cluster.Forwarding;

/// <summary>Recognizes requests that another server of the cluster has forwarded.</summary>
internal static class ForwardedRequest
{
    /// <summary>Returns <see langword="true"/> if a request was forwarded, or claims to be.</summary>
    public static bool IsForwarded(HttpContext context) =>
        context.Features.Get<PeerRequest>() is not null || context.Request.Headers.ContainsKey(ForwardHeader.Name);

    /// <summary>
    /// Restores the address and the scheme of the client of a forwarded request. The values come from an authenticated peer
    /// connection or from a signed header.
    /// </summary>
    public static void RestoreClient(HttpContext context, ClusterNode node)
    {
        if (context.Features.Get<PeerRequest>() is { } request)
        {
            context.Connection.RemoteIpAddress = request.Client;
            context.Request.Scheme = request.ClientScheme;
        }
        else if (context.Request.Headers.ContainsKey(ForwardHeader.Name) && ForwardHeader.TryRead(
            context.Request.Headers, context.Features.Get<ISessionIdFeature>()?.SessionId ?? "", node.Time.GetUtcNow(), node.Secret,
            out var client, out var scheme))
        {
            context.Connection.RemoteIpAddress = client;
            context.Request.Scheme = scheme;
        }
    }
}
