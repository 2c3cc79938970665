using Microsoft.Extensions.Logging;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Counts the envelopes that are not executed, and logs the first one of each reason per minute.</summary>
internal sealed partial class SkippedEnvelopes(ScalerMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<EnvelopeError, long> _loggedAt = [];

    public void Add(EnvelopeError reason)
    {
        metrics.EnvelopeSkipped(reason.ToString());
        lock (_lock)
        {
            if (_loggedAt.TryGetValue(reason, out var at) && time.GetElapsedTime(at) < LogInterval)
            {
                return;
            }

            _loggedAt[reason] = time.GetTimestamp();
        }

        LogSkipped(Describe(reason));
    }

    private static string Describe(EnvelopeError reason) => reason switch
    {
        EnvelopeError.Malformed => "cannot be read",
        EnvelopeError.UnknownVersion => "has the format of another version",
        EnvelopeError.Forged => "is not signed with the secret of this cluster",
        EnvelopeError.OtherReceiver => "is for another server",
        EnvelopeError.OwnMessage => "was sent by this server itself",
        EnvelopeError.Stale => "is more than a minute old, or from before this process started",
        _ => "has arrived before",
    };

    [LoggerMessage(
        2, LogLevel.Warning,
        "A message of the bus is skipped because it {Reason}. The metric scaler.bus.envelopes.skipped counts all of them.")]
    private partial void LogSkipped(string reason);
}
