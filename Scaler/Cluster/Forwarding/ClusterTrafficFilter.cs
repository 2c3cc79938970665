using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Cluster.Node;
using Scaler.EngineIO.Http;

namespace Scaler.Cluster.Forwarding;

/// <summary>
/// Answers the requests of other servers before any middleware of the application. Redirection to HTTPS, authorization or host
/// filtering would refuse them: they arrive without TLS, without credentials and under another host name. The middleware of the
/// first server has run for the client's request, and the first server transfers its results in a signed header.
/// </summary>
internal sealed class ClusterTrafficFilter(
    ClusterNode node, PeerEndpoint peers, ProbeEndpoint probes, PeerApplication application, EndpointPaths paths) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Terminate);
        next(app);
    };

    private RequestDelegate Terminate(RequestDelegate next) => context =>
    {
        if (!paths.ContainsUnnamed(context.Request.Path.Value ?? ""))
        {
            return next(context);
        }

        return PeerEndpoint.IsPeerRequest(context.Request) ? peers.ServeAsync(context)
            : ProbeEndpoint.IsProbe(context.Request) ? probes.AnswerAsync(context)
            : ForwardedRequest.TryRestoreClient(context, node) ? application.Endpoint(context)
            : next(context);
    };
}
