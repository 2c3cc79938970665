namespace Scaler.Cluster.Node;

/// <summary>
/// Holds the drain state of a server. An operator changes it over the bus until the server stops. The lock guards the state and
/// orders the notifications.
/// </summary>
internal sealed class DrainState
{
    private readonly Lock _lock = new();
    private volatile bool _isDraining;
    private bool _isStopping;

    /// <summary>
    /// Occurs when an operator changes the state. The handler runs under the lock and must not block. Without a handler, no host
    /// could carry out a request, so requests are refused.
    /// </summary>
    public event Action<bool>? Changed;

    public bool IsDraining => _isDraining;

    /// <summary>Starts or ends the drain on behalf of an operator. A repeated request has no effect.</summary>
    /// <returns><see langword="false"/> if the server is stopping or has no host; otherwise, <see langword="true"/>.</returns>
    public bool TrySet(bool isDraining)
    {
        lock (_lock)
        {
            if (_isStopping || Changed is not { } changed)
            {
                return false;
            }

            if (isDraining != _isDraining)
            {
                _isDraining = isDraining;
                changed(isDraining);
            }

            return true;
        }
    }

    /// <summary>Drains for good because the server is stopping. Operators' requests are refused from now on.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            (_isStopping, _isDraining) = (true, true);
        }
    }
}
