using System.Collections.Concurrent;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>
/// Decides if a genuine envelope is meant for this process, now. An attacker that can write to Redis can publish any envelope
/// again, to any server. Each envelope is therefore accepted once by a process, within a minute, and only by the server that it
/// names, if any.
/// </summary>
internal sealed class EnvelopeGuard(NodeEpoch epoch, ClusterClock clock, TimeProvider time)
{
    /// <summary>
    /// The time after the last envelope of a sender at which its window is dropped. Every envelope of that sender is stale then.
    /// </summary>
    private static readonly TimeSpan WindowLifetime = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, ReplayWindow> _windows = new(StringComparer.Ordinal);

    /// <summary>Gets the number of senders whose sequence numbers are known.</summary>
    public int SenderCount => _windows.Count;

    /// <summary>Checks an envelope and records its sequence number.</summary>
    /// <returns><see cref="EnvelopeError.None"/> to execute the envelope, or the reason to skip it.</returns>
    public EnvelopeError Accept(in Envelope envelope)
    {
        var isForOther = envelope.Receiver.Length == 0 ? RequiresReceiver(envelope.Kind) : !epoch.Includes(envelope.Receiver);
        if (isForOther)
        {
            return EnvelopeError.OtherReceiver;
        }

        if (envelope.Kind != EnvelopeKind.Probe && epoch.Includes(envelope.Sender))
        {
            return EnvelopeError.OwnMessage;
        }

        if (!IsFresh(envelope))
        {
            return EnvelopeError.Stale;
        }

        var window = _windows.TryGetValue(envelope.Sender, out var known) ? known : AddWindow(envelope.Sender);
        return window.TryAccept(envelope.Sequence, time.GetTimestamp()) ? EnvelopeError.None : EnvelopeError.Repeated;
    }

    /// <summary>Returns <see langword="true"/> for the kinds that are sent to one server.</summary>
    private static bool RequiresReceiver(EnvelopeKind kind) => kind is EnvelopeKind.Receipt or EnvelopeKind.Answer
        or EnvelopeKind.Probe or EnvelopeKind.Inventory or EnvelopeKind.Drain or EnvelopeKind.Resume;

    // A reply without a time is accepted: a server may have to answer before it knows Redis's clock. A reply is valid for one
    // request of one process anyway.
    private bool IsFresh(in Envelope envelope) => envelope.SentAt == 0
        ? envelope.Kind is EnvelopeKind.Receipt or EnvelopeKind.Answer or EnvelopeKind.Probe
        : clock.IsFresh(envelope.SentAt);

    private ReplayWindow AddWindow(string sender)
    {
        foreach (var (name, window) in _windows)
        {
            if (time.GetElapsedTime(window.UsedAt) > WindowLifetime)
            {
                _windows.TryRemove(name, out _);
            }
        }

        return _windows.GetOrAdd(sender, static _ => new ReplayWindow());
    }
}
