using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Peers;

/// <summary>
/// The application that requests are answered by, whichever way they come: what the host was configured with, from its first middleware on.
/// </summary>
internal sealed class PeerApplication(IHttpContextFactory contexts) : IStartupFilter
{
    public IHttpContextFactory Contexts => contexts;

    /// <summary>All of the application's middleware; null before the host has built it.</summary>
    public RequestDelegate? Pipeline { get; private set; }

    /// <summary>Takes the pipeline, and adds nothing to it.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline => Pipeline = pipeline);
        next(app);
    };
}
