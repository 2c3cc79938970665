using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>A Redis Cluster of three node processes that belongs to one test.</summary>
internal sealed class RedisClusterProcesses : IAsyncDisposable
{
    private readonly RedisProcess[] _nodes;

    private RedisClusterProcesses(RedisProcess[] nodes) => _nodes = nodes;

    public string Endpoint => _nodes[0].Endpoint;

    public static async Task<RedisClusterProcesses> StartAsync()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RedisProcess.StartAsync(
            "--cluster-enabled", "yes", "--cluster-config-file", $"scaler-{Guid.NewGuid():N}.conf", "--cluster-port", $"{FreePorts.GetFreePort()}")));
        await RunAsync(["--cluster", "create", .. nodes.Select(n => n.Endpoint), "--cluster-yes"]);

        // Each node learns on its own that all slots are covered. Until then it rejects commands with CLUSTERDOWN.
        foreach (var node in nodes)
        {
            await Deadline.WaitUntilAsync(
                async () => (await RunAsync(["-p", $"{node.Port}", "cluster", "info"])).Contains("cluster_state:ok", StringComparison.Ordinal),
                what: $"the node on port {node.Port} to report cluster_state:ok");
        }

        return new RedisClusterProcesses(nodes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        using var cli = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true })!;
        var output = await cli.StandardOutput.ReadToEndAsync().WithTimeout("the output of redis-cli");
        await cli.WaitForExitAsync().WithTimeout("redis-cli to exit");
        return output;
    }
}
