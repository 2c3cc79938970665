using System.Buffers;

namespace Scaler.Cluster.Redis;

/// <summary>What one call has for one holder: an envelope as it is, or a pack of several.</summary>
/// <param name="to">The holder.</param>
internal sealed class Parcel(HolderPlace to)
{
    /// <summary>Who receives it has it in one array: one of more than 85,000 bytes would stay until all memory is collected.</summary>
    private const int MostBytes = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _envelopes = [];
    private int _bytes;
    private byte[]? _rented;

    public HolderPlace To => to;

    public bool Fits(ReadOnlyMemory<byte> envelope) =>
        _envelopes.Count == 0 || EnvelopePack.Length(_envelopes.Count + 1, _bytes + envelope.Length) <= MostBytes;

    public void Add(ReadOnlyMemory<byte> envelope)
    {
        _envelopes.Add(envelope);
        _bytes += envelope.Length;
    }

    /// <summary>Makes one message of it. It is good until <see cref="Return"/>.</summary>
    public ReadOnlyMemory<byte> Pack()
    {
        if (_envelopes.Count == 1)
        {
            return _envelopes[0];
        }

        var length = EnvelopePack.Length(_envelopes.Count, _bytes);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        var at = EnvelopePack.Begin(_rented);
        foreach (var envelope in _envelopes)
        {
            at = EnvelopePack.Add(_rented, at, envelope.Span);
        }

        return _rented.AsMemory(0, length);
    }

    public void Return()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
