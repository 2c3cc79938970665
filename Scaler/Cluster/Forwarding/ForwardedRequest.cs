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

    /// <summary>Describes the client of a request that this server forwards.</summary>
    public static ForwardedClient Describe(HttpContext context) => new(
        context.Connection.RemoteIpAddress, context.Request.Scheme, context.Request.PathBase.ToUriComponent(),
        ForwardedUser.Encode(context));

    /// <summary>
    /// Restores the address, the scheme, the path base and the user of the client, if the request carries a valid signed header.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if a server of this cluster forwarded the request; otherwise, <see langword="false"/>.
    /// </returns>
    public static bool TryRestoreClient(HttpContext context, ClusterNode node)
    {
        var request = context.Request;
        if (!request.Headers.ContainsKey(ForwardHeader.Name) || !ForwardHeader.TryRead(
            request.Headers, context.Features.Get<ISessionIdFeature>()?.SessionId ?? "", node.Time.GetUtcNow(), node.Secret, out var client))
        {
            return false;
        }

        context.Connection.RemoteIpAddress = client.Address;
        request.Scheme = client.Scheme;
        var pathBase = PathString.FromUriComponent(client.PathBase);
        if (request.Path.StartsWithSegments(pathBase, out var rest))
        {
            (request.PathBase, request.Path) = (pathBase, rest);
        }

        ForwardedUser.Restore(context, client.User);
        return true;
    }
}
