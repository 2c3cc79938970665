using StackExchange.Redis;

namespace Scaler.Tests.Helpers;

/// <summary>A server of a test's own within the process, on a free loopback port.</summary>
internal static class ScalerTestServer
{
    public static async Task<ScalerServer> StartAsync(IConnectionMultiplexer redis, string prefix, Action<ScalerOptions>? configure = null, Action<ScalerServer>? prepare = null)
    {
        var options = new ScalerOptions { Prefix = prefix };
        options.Cluster.DrainBudget = TimeSpan.Zero;

        // Who is connected is in the registry, however busy the machine is: a test that is not about a Redis held up relies on it at once,
        // and a connection for which Redis does not answer in time is let in whatever the limits are.
        (options.Cluster.RegistrationTimeout, options.Cluster.SendTimeout) = (TimeSpan.FromSeconds(10), Deadline.Patience);
        options.Cluster.ForwardConnectTimeout = TimeSpan.FromSeconds(10);
        configure?.Invoke(options);
        var server = ScalerServer.Create(redis, options);
        prepare?.Invoke(server);
        await server.ListenAsync("http://127.0.0.1:0");
        return server;
    }

    public static string Url(this ScalerServer server) => server.Addresses.First();
}
