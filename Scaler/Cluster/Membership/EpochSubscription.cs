using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Cluster.Membership;

/// <summary>Represents the subscription under which this server receives envelopes. A new one starts before the previous one ends.</summary>
internal sealed class EpochSubscription(ClusterNode node) : IAsyncDisposable
{
    private IAsyncDisposable? _current;
    private IAsyncDisposable? _previous;

    /// <summary>Subscribes under a server epoch. The previous subscription continues until <see cref="EndPreviousAsync"/>.</summary>
    /// <param name="epochName">The name of the server epoch.</param>
    /// <param name="reconnect"><see langword="true"/> to subscribe over a new connection.</param>
    public async Task StartAsync(string epochName, bool reconnect = false)
    {
        var started = await node.Bus.SubscribeAsync(epochName, node.Receive, reconnect)
            .WaitAsync(node.Options.Cluster.LeaseDuration, node.Time);
        await EndPreviousAsync();
        (_current, _previous) = (started, _current);
    }

    public async Task EndPreviousAsync()
    {
        if (_previous is { } previous)
        {
            _previous = null;
            await previous.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndPreviousAsync();
        if (_current is not null)
        {
            await _current.DisposeAsync();
        }
    }
}
