namespace Scaler.Cluster;

/// <summary>
/// Asks again and again whether the bus still brings what is sent: a subscription can die without a word while the connection
/// that sends is well. A probe goes out with each turn of the membership. After three turns without one that came back the bus
/// counts as dead, after five it is to be repaired.
/// </summary>
internal sealed class BusProbe
{
    private const int TurnsUntilDead = 3;
    private const int TurnsUntilRepair = 5;

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
    public bool IsDead => Volatile.Read(ref _turnsWithout) > TurnsUntilDead;

    /// <summary>Whether that has been so for long enough to do something about it.</summary>
    public bool NeedsRepair => Volatile.Read(ref _turnsWithout) > TurnsUntilRepair;

    /// <summary>Sends a probe, if none is under way. It is never waited for.</summary>
    public void Turn()
    {
        long number;
        lock (_lock)
        {
            if (++_turnsWithout > TurnsUntilDead)
            {
                _last = -1;
            }

            number = ++_number;
            _sentAt = _link.Time.GetTimestamp();
        }

        _ = _link.TellAsync(_link.Holder, new Envelope { Kind = EnvelopeKind.Probe, Sender = _link.Holder, Number = number });
    }

    /// <summary>The bus has been repaired: it counts as dead until a probe shows otherwise, and is given some turns for that.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _turnsWithout = TurnsUntilDead;
        }
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
