using System.Buffers;
using BenchmarkDotNet.Attributes;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Benchmarks.Micro;

/// <summary>Measures the envelopes between servers: encoding with a signature, and verification with decoding.</summary>
[MemoryDiagnoser]
public class EnvelopeBenchmarks
{
    private readonly ClusterSecret _secret = new(ClusterSecret.Generate());
    private Envelope _envelope;
    private byte[] _bytes = null!;

    /// <summary>Gets or sets the length of the payload, in bytes.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _envelope = new Envelope
        {
            Kind = EnvelopeKind.Message,
            Sender = "0123456789.17",
            Account = "account-1",
            ConnectionId = "",
            Number = 1,
            Payload = new byte[Size],
        };
        var (rented, length) = EnvelopeCodec.Write(_envelope, _secret);
        _bytes = rented[..length];
        ArrayPool<byte>.Shared.Return(rented);
    }

    [Benchmark]
    public int Write()
    {
        var (rented, length) = EnvelopeCodec.Write(_envelope, _secret);
        ArrayPool<byte>.Shared.Return(rented);
        return length;
    }

    [Benchmark]
    public bool Read() => EnvelopeCodec.TryRead(_bytes, _secret, out _) == EnvelopeError.None;
}
