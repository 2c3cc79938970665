using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Captures the host's middleware pipeline, starting at the first middleware. Requests from other servers run through the same
/// pipeline as requests from clients.
/// </summary>
internal sealed class PeerApplication(IHttpContextFactory contexts) : IStartupFilter
{
    public IHttpContextFactory Contexts => contexts;

    /// <summary>Gets the complete middleware pipeline, or <see langword="null"/> before the host has built it.</summary>
    public RequestDelegate? Pipeline { get; private set; }

    /// <summary>Captures the pipeline without adding to it.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline => Pipeline = pipeline);
        next(app);
    };
}
