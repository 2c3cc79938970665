using System.Net;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>One or more servers of the same kind, with their Redis.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    private readonly List<ServerProcess> _servers = [];

    private ServerGroup(ServerKind kind)
    {
        Kind = kind;
    }

    public ServerKind Kind { get; }

    public RedisProcess? Redis { get; private set; }

    public IReadOnlyList<ServerProcess> Servers => _servers;

    /// <summary>Gets the CPU time that all servers together have used.</summary>
    public TimeSpan Cpu => _servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.Cpu);

    public static async Task<ServerGroup> StartAsync(
        ServerKind kind, int servers, CancellationToken cancellationToken, TimeSpan? pingInterval = null)
    {
        var group = new ServerGroup(kind);
        try
        {
            if (kind.NeedsRedis || servers > 1)
            {
                group.Redis = await RedisProcess.StartAsync(cancellationToken);
            }

            for (var i = 0; i < servers; i++)
            {
                var launch = new LaunchOptions(ServerProcess.FreePort(), group.Redis?.Address, pingInterval);
                group._servers.Add(await ServerProcess.StartAsync(
                    kind.Start(launch), launch.Port, HttpConnection.IsHealthyAsync, cancellationToken));
            }

            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the server for a client, round-robin.</summary>
    public IPEndPoint EndPoint(int client) => _servers[client % _servers.Count].EndPoint;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }
    }
}
