using Scaler.Cluster.Membership;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Publishes the URL at which other servers reach this server. If the route to Redis is not known at the start, for example
/// because the name of Redis cannot be resolved yet, the URL is determined again until it is.
/// </summary>
internal sealed class AdvertisedUrlPublisher(
    AdvertisedUrl advertised, ClusterMembership membership, ScalerClusterOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _retrying = Task.CompletedTask;

    /// <summary>Publishes the URL of a server that is listening now.</summary>
    public async Task PublishAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        if (!await TryPublishAsync(addresses, cancellationToken))
        {
            _retrying = RetryAsync(addresses);
        }
    }

    /// <summary>Stops publishing. A server that has left the cluster would otherwise join again.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _retrying;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    /// <returns><see langword="true"/> if the published URL is final; otherwise, <see langword="false"/>.</returns>
    private async Task<bool> TryPublishAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.SendTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var (url, isFinal) = await advertised.FindAsync(addresses, ending.Token);
        if (url != membership.Url)
        {
            await membership.PublishUrlAsync(url).WaitAsync(cancellationToken);
        }

        return isFinal;
    }

    private async Task RetryAsync(IReadOnlyCollection<string> addresses)
    {
        using var timer = new PeriodicTimer(options.LeaseDuration, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (await TryPublishAsync(addresses, _stopping.Token))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
