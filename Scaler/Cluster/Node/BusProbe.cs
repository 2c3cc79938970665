namespace Scaler.Cluster.Node;

/// <summary>
/// Detects a message bus that has stopped delivering. A subscription can die silently while the sending connection still works.
/// Each renewal cycle of the membership sends one probe from this server to itself. The bus counts as dead after three
/// cycles without a returned probe, and needs repair after five.
/// </summary>
internal sealed class BusProbe(TimeProvider time, ScalerMetrics metrics)
{
    private const int CyclesUntilDead = 3;
    private const int CyclesUntilRepair = 5;

    private readonly Lock _lock = new();
    private long _number;
    private long _sentAt;
    private int _cyclesWithoutReturn;
    private double _lastMilliseconds = -1;

    /// <summary>
    /// Gets the round-trip time of the last probe, in milliseconds. Negative while the bus is dead or before the first probe has
    /// returned.
    /// </summary>
    public double LastMilliseconds => Volatile.Read(ref _lastMilliseconds);

    /// <summary>Gets a value indicating whether probes have stopped returning.</summary>
    public bool IsDead => Volatile.Read(ref _cyclesWithoutReturn) > CyclesUntilDead;

    /// <summary>Gets a value indicating whether the bus has been dead long enough to open a new subscription.</summary>
    public bool NeedsRepair => Volatile.Read(ref _cyclesWithoutReturn) > CyclesUntilRepair;

    /// <summary>Begins a probe.</summary>
    /// <returns>The number of the probe.</returns>
    public long Begin()
    {
        lock (_lock)
        {
            if (++_cyclesWithoutReturn > CyclesUntilDead)
            {
                _lastMilliseconds = -1;
            }

            _sentAt = time.GetTimestamp();
            return ++_number;
        }
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

    /// <summary>Ends a probe that has returned.</summary>
    public void OnReturned(long number)
    {
        TimeSpan elapsed;
        lock (_lock)
        {
            _cyclesWithoutReturn = 0;
            if (number != _number)
            {
                return;
            }

            elapsed = time.GetElapsedTime(_sentAt);
            _lastMilliseconds = elapsed.TotalMilliseconds;
        }

        metrics.BusProbed(elapsed);
    }
}
