using StackExchange.Redis;

namespace Scaler.Tests.Helpers;

/// <summary>Starts in-process servers on free loopback ports.</summary>
internal static class ScalerTestServer
{
    public static async Task<ScalerServer> StartAsync(
        IConnectionMultiplexer redis, string prefix, Action<ScalerOptions>? configure = null, Action<ScalerServer>? prepare = null)
    {
        var options = new ScalerOptions { Prefix = prefix };
        options.Cluster.DrainBudget = TimeSpan.Zero;

        // Long timeouts, so that a busy machine does not fail a test. Most tests rely on each connection being in the
        // registry when the handshake completes. A connection whose registration times out is accepted without it, and
        // regardless of the limits.
        (options.Cluster.RegistrationTimeout, options.Cluster.SendTimeout) = (TimeSpan.FromSeconds(10), Deadline.DefaultTimeout);
        options.Cluster.ForwardConnectTimeout = TimeSpan.FromSeconds(10);
        configure?.Invoke(options);
        var server = ScalerServer.Create(redis, options);
        prepare?.Invoke(server);
        await server.ListenAsync("http://127.0.0.1:0");
        return server;
    }

    public static string GetUrl(this ScalerServer server) => server.Addresses.First();
}
