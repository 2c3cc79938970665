using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    // What the client may send; null where there is no limit.
    private readonly ReceiveBudget? _budget;

    /// <summary>Counts a WebSocket frame that is no message: a flood of pings is one of packets too.</summary>
    internal void CountControlFrame(int bytes)
    {
        if (_budget is not null)
        {
            TakeBudget(bytes);
        }
    }

    /// <summary>Takes a packet's cost; false when it is one too many, and the session has ended.</summary>
    private bool TakeBudget(int bytes)
    {
        if (_budget!.Take(bytes) is not { } limit)
        {
            return true;
        }

        if (Close(EngineCloseReason.RateLimit, limit == EngineLimit.Messages ? "too many messages per second" : "too many bytes per second"))
        {
            _runtime.LimitReached(limit, this);
        }

        return false;
    }

    private void TooManyPackets()
    {
        if (Close(EngineCloseReason.ParseError))
        {
            _runtime.LimitReached(EngineLimit.Packets, this);
        }
    }
}
