using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents the Engine.IO endpoint as the target of requests from other servers. The first server has already run its
/// middleware for them.
/// </summary>
/// <param name="Contexts">The factory of the contexts of these requests.</param>
/// <param name="Endpoint">The delegate that answers them.</param>
internal sealed record PeerApplication(IHttpContextFactory Contexts, RequestDelegate Endpoint);
