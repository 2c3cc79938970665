using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Scaler.Stream.Api;

/// <summary>
/// Reads the registry with the timeout of a send, <see cref="ScalerClusterOptions.SendTimeout"/>. Fails at once if Redis is not
/// connected.
/// </summary>
internal sealed class RegistryReader(ScalerServer server, IConnectionMultiplexer redis, IOptions<ScalerOptions> options, TimeProvider time)
{
    public Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take, CancellationToken cancellationToken) =>
        AskAsync(server.Cluster.GetAccountsAsync(prefix, after, take, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take, CancellationToken cancellationToken) =>
        AskAsync(server.Cluster.GetConnectionsAsync(account, take, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<ServerInfo>> ServersAsync(CancellationToken cancellationToken) =>
        AskAsync(server.Cluster.GetServersAsync(cancellationToken), cancellationToken);

    private Task<T> AskAsync<T>(Task<T> answer, CancellationToken cancellationToken) =>
        answer.WaitAsync(redis.IsConnected ? options.Value.Cluster.SendTimeout : TimeSpan.Zero, time, cancellationToken);
}
