using System.Buffers;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>
/// Represents the envelopes that one call publishes to one server epoch in one message: a single envelope, or a pack.
/// </summary>
/// <param name="to">The receiving server epoch.</param>
internal sealed class PublishBatch(CachedServerEpoch to)
{
    /// <summary>
    /// The maximum length of a pack, in bytes. The receiver reads it into one array. An array of more than 85,000 bytes would go
    /// to the large object heap, which only a gen 2 collection frees.
    /// </summary>
    private const int MaxBytes = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _envelopes = [];
    private int _bytes;
    private byte[]? _rented;

    public CachedServerEpoch Target => to;

    /// <summary>Returns <see langword="true"/> if the envelope can be added without exceeding the maximum length.</summary>
    public bool Fits(ReadOnlyMemory<byte> envelope) =>
        _envelopes.Count == 0 || EnvelopeBatch.Length(_envelopes.Count + 1, _bytes + envelope.Length) <= MaxBytes;

    public void Add(ReadOnlyMemory<byte> envelope)
    {
        _envelopes.Add(envelope);
        _bytes += envelope.Length;
    }

    /// <summary>Returns the message. It is valid until <see cref="Return"/>.</summary>
    public ReadOnlyMemory<byte> ToMessage()
    {
        if (_envelopes.Count == 1)
        {
            return _envelopes[0];
        }

        var length = EnvelopeBatch.Length(_envelopes.Count, _bytes);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        var at = EnvelopeBatch.Begin(_rented);
        foreach (var envelope in _envelopes)
        {
            at = EnvelopeBatch.Add(_rented, at, envelope.Span);
        }

        return _rented.AsMemory(0, length);
    }

    /// <summary>Returns the message's memory to the pool.</summary>
    public void Return()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
