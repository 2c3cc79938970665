using StackExchange.Redis;

namespace Scaler.Cluster.Node;

/// <summary>
/// Makes a process without a server ready to send: it agrees on the cluster secret and listens for receipts. The node of a server
/// is ready from the start, because the membership does both.
/// </summary>
internal sealed class NodeReadiness(ClusterNode node, IConnectionMultiplexer redis, bool isServer) : IAsyncDisposable
{
    private static readonly TimeSpan MaxSecretAge = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private IAsyncDisposable? _listening;
    private volatile bool _ready = isServer;
    private long _agreedAt;

    /// <summary>Waits until the node is ready. Returns at once if Redis is not connected.</summary>
    /// <param name="receipts">
    /// <see langword="true"/> to throw if Redis fails. If <see langword="false"/>, the result of the send reports the failure.
    /// </param>
    public async ValueTask WaitAsync(bool receipts)
    {
        // Agree again after 10 s: if Redis lost the secret while no server was running, the servers agree on a new one.
        if (_listening is not null && node.Time.GetElapsedTime(_agreedAt) > MaxSecretAge)
        {
            _ready = false;
        }

        if (_ready || !redis.IsConnected)
        {
            return;
        }

        await _starting.WaitAsync();
        try
        {
            if (!_ready)
            {
                await node.AgreeOnSecretAsync();
                _agreedAt = node.Time.GetTimestamp();
                _listening ??= await node.Bus.SubscribeAsync(node.ServerEpoch, node.Receive);
                _ready = true;
            }
        }
        catch (RedisException) when (!receipts)
        {
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }

        _starting.Dispose();
    }
}
