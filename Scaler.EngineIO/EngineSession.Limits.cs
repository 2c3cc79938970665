using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    // The client's receive limits, or null if none are configured.
    private readonly ReceiveRateLimiter? _budget;

    /// <summary>
    /// Counts a WebSocket control frame against the receive limits, so that a flood of pings is limited like one of packets.
    /// </summary>
    internal void CountControlFrame(int bytes)
    {
        if (_budget is not null)
        {
            TryConsumeBudget(bytes);
        }
    }

    /// <summary>Counts a packet against the receive limits, and closes the session if it exceeds one.</summary>
    /// <returns>
    /// <see langword="true"/> if the packet is within the limits; <see langword="false"/> if the session was closed.
    /// </returns>
    private bool TryConsumeBudget(int bytes)
    {
        if (_budget!.TryAcquire(bytes) is not { } limit)
        {
            return true;
        }

        if (Close(EngineCloseReason.RateLimit, limit == EngineLimit.Messages ? "too many messages per second" : "too many bytes per second"))
        {
            _runtime.ReportLimitReached(limit, this);
        }

        return false;
    }

    private void CloseForTooManyPackets()
    {
        if (Close(EngineCloseReason.ParseError))
        {
            _runtime.ReportLimitReached(EngineLimit.Packets, this);
        }
    }
}
