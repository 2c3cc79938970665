using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Node;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Answers the probes of other servers. They use the same path as clients. The answer proves that the request has reached this
/// server.
/// </summary>
internal sealed class ProbeEndpoint(ClusterNode node, string serverId)
{
    /// <summary>Returns <see langword="true"/> if a request carries the header of a probe. The header is not verified.</summary>
    public static bool IsProbe(HttpRequest request) => request.Headers.ContainsKey(ProbeHeader.Name);

    /// <summary>
    /// Writes an answer without content. The response is 403 if the probe is not authentic, or if the clocks of the two servers
    /// differ by more than a minute.
    /// </summary>
    public Task AnswerAsync(HttpContext context)
    {
        var probe = context.Request.Headers[ProbeHeader.Name].ToString();
        if (!ProbeHeader.IsGenuineProbe(probe, node.Time.GetUtcNow(), node.Secret))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[ProbeHeader.Name] = ProbeHeader.WriteAnswer(
            probe, serverId, ServerEpochName.GetEpoch(node.ServerEpoch), node.Secret);
        return Task.CompletedTask;
    }
}
