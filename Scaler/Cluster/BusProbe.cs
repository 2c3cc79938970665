namespace Scaler.Cluster;

/// <summary>
/// Asks again and again whether the bus still brings what is sent: a subscription can die without a word while the connection
/// that sends is well. A probe goes out with each turn of the membership and must be back before the fifth after it.
/// </summary>
internal sealed class BusProbe
{
    private const int TurnsTolerated = 4;

    private readonly ClusterLink _link;
    private readonly Lock _lock = new();
    private long _number;
    private long _sentAt;
    private int _turnsWithout;
    private double _last = -1;

    public BusProbe(ClusterLink link)
    {
        _link = link;
        link.ProbeReturned = Returned;
    }

    /// <summary>What the last probe took, in milliseconds; negative while the bus is dead or was not asked yet.</summary>
    public double LastMilliseconds => Volatile.Read(ref _last);

    /// <summary>Whether probes have stopped to come back.</summary>
    public bool IsDead => Volatile.Read(ref _turnsWithout) > TurnsTolerated;

    /// <summary>Sends a probe, if none is under way. It is never waited for.</summary>
    public void Turn()
    {
        long number;
        lock (_lock)
        {
            if (_turnsWithout++ > TurnsTolerated)
            {
                _last = -1;
            }

            number = ++_number;
            _sentAt = _link.Time.GetTimestamp();
        }

        _ = _link.TellAsync(_link.Holder, new Envelope { Kind = EnvelopeKind.Probe, Sender = _link.Holder, Number = number });
    }

    private void Returned(long number)
    {
        TimeSpan took;
        lock (_lock)
        {
            _turnsWithout = 0;
            if (number != _number)
            {
                return;
            }

            took = _link.Time.GetElapsedTime(_sentAt);
            _last = took.TotalMilliseconds;
        }

        _link.Metrics.BusProbed(took);
    }
}
