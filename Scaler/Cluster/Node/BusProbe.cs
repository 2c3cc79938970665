using Scaler.Cluster.Membership;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>
/// Detects a message bus that has stopped delivering. A subscription can die silently while the sending connection still works.
/// Each renewal cycle of <see cref="ClusterMembership"/> sends one probe from this server to itself. The bus counts as dead after three
/// cycles without a returned probe, and needs repair after five.
/// </summary>
internal sealed class BusProbe
{
    private const int CyclesUntilDead = 3;
    private const int CyclesUntilRepair = 5;

    private readonly ClusterLink _link;
    private readonly Lock _lock = new();
    private long _number;
    private long _sentAt;
    private int _cyclesWithoutReturn;
    private double _lastMilliseconds = -1;

    public BusProbe(ClusterLink link)
    {
        _link = link;
        link.ProbeReturned = OnProbeReturned;
    }

    /// <summary>
    /// Gets the round-trip time of the last probe, in milliseconds. Negative while the bus is dead or before the first probe has
    /// returned.
    /// </summary>
    public double LastMilliseconds => Volatile.Read(ref _lastMilliseconds);

    /// <summary>Gets a value indicating whether probes have stopped returning.</summary>
    public bool IsDead => Volatile.Read(ref _cyclesWithoutReturn) > CyclesUntilDead;

    /// <summary>Gets a value indicating whether the bus has been dead long enough to open a new subscription.</summary>
    public bool NeedsRepair => Volatile.Read(ref _cyclesWithoutReturn) > CyclesUntilRepair;

    /// <summary>Sends a probe without waiting for it to return.</summary>
    public void SendProbe()
    {
        long number;
        lock (_lock)
        {
            if (++_cyclesWithoutReturn > CyclesUntilDead)
            {
                _lastMilliseconds = -1;
            }

            number = ++_number;
            _sentAt = _link.Time.GetTimestamp();
        }

        _ = _link.SendToServerAsync(_link.ServerEpoch, new Envelope { Kind = EnvelopeKind.Probe, Sender = _link.ServerEpoch, Number = number });
    }

    /// <summary>
    /// Restarts the count after a repair. The bus counts as dead until a probe returns, and the next repair is some cycles away.
    /// </summary>
    public void Reset()
    {
        lock (_lock)
        {
            _cyclesWithoutReturn = CyclesUntilDead;
        }
    }

    private void OnProbeReturned(long number)
    {
        TimeSpan elapsed;
        lock (_lock)
        {
            _cyclesWithoutReturn = 0;
            if (number != _number)
            {
                return;
            }

            elapsed = _link.Time.GetElapsedTime(_sentAt);
            _lastMilliseconds = elapsed.TotalMilliseconds;
        }

        _link.Metrics.BusProbed(elapsed);
    }
}
