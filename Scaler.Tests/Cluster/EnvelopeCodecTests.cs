using System.Buffers.Binary;
using System.Diagnostics;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Tests.Cluster;

public sealed class EnvelopeCodecTests
{
    private readonly ClusterSecret _secret = new("a secret of the cluster");

    public static TheoryData<string> Shapes => ["full", "empty", "trace", "unicode", "receipt", "refusal"];

    [Theory, MemberData(nameof(Shapes))]
    public void TryRead_WrittenEnvelope_RoundTrips(string shape)
    {
        var envelope = Make(shape);

        Assert.Equal(EnvelopeError.None, EnvelopeCodec.TryRead(Write(envelope), _secret, out var read));

        Assert.Equal((envelope.Kind, envelope.Flags, envelope.Sender, envelope.Number), (read.Kind, read.Flags, read.Sender, read.Number));
        Assert.Equal((envelope.SentAt, envelope.Count, envelope.IsRefused), (read.SentAt, read.Count, read.IsRefused));
        Assert.Equal((envelope.Receiver ?? "", envelope.Sequence), (read.Receiver, read.Sequence));
        Assert.Equal((envelope.Account ?? "", envelope.ConnectionId ?? ""), (read.Account, read.ConnectionId));
        Assert.Equal((envelope.Trace.TraceId, envelope.Trace.SpanId, envelope.Trace.TraceFlags), (read.Trace.TraceId, read.Trace.SpanId, read.Trace.TraceFlags));
        Assert.Equal(envelope.Payload.ToArray(), read.Payload.ToArray());
    }

    [Theory, MemberData(nameof(Shapes))]
    public void TryRead_TruncatedAnywhere_Fails(string shape)
    {
        var bytes = Write(Make(shape));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.NotEqual(EnvelopeError.None, EnvelopeCodec.TryRead(bytes.AsMemory(0, length), _secret, out _));
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void TryRead_AnyByteChanged_Fails(string shape)
    {
        var bytes = Write(Make(shape));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x40;
            Assert.NotEqual(EnvelopeError.None, EnvelopeCodec.TryRead(bytes, _secret, out _));
            bytes[i] ^= 0x40;
        }
    }

    // Servers of other versions read these four bytes, so their meaning per kind is part of the wire format.
    [Theory]
    [InlineData("full", 0)]
    [InlineData("receipt", 12)]
    [InlineData("refusal", -1)]
    [InlineData("empty", 0)]
    public void Write_Value_KeepsWireFormat(string shape, int value) =>
        Assert.Equal(value, BinaryPrimitives.ReadInt32BigEndian(Write(Make(shape)).AsSpan(11)));

    [Fact]
    public void TryRead_NewerVersion_ReturnsUnknownVersion()
    {
        var bytes = Write(Make("full"));
        bytes[0] = 3;

        Assert.Equal(EnvelopeError.UnknownVersion, EnvelopeCodec.TryRead(bytes, _secret, out _));
    }

    [Theory]
    [InlineData(1, 99)]
    [InlineData(1, 0)]
    [InlineData(2, 0x80)]
    public void TryRead_UnknownKindOrFlag_ReturnsUnknownVersion(int index, byte value)
    {
        var bytes = Write(Make("full"));
        bytes[index] = value;
        Sign(bytes);

        Assert.Equal(EnvelopeError.UnknownVersion, EnvelopeCodec.TryRead(bytes, _secret, out _));
    }

    [Fact]
    public void TryRead_SignedButMalformed_NeverReadsOutOfBounds()
    {
        var random = new Random(20_26);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            if (bytes.Length > 47)
            {
                (bytes[0], bytes[1], bytes[2]) = (2, (byte)random.Next(1, 6), (byte)random.Next(0, 32));
                Sign(bytes);
            }

            EnvelopeCodec.TryRead(bytes, _secret, out _);
        }
    }

    [Fact]
    public void TryRead_EnvelopeOfAnotherCluster_ReturnsForged() =>
        Assert.Equal(EnvelopeError.Forged, EnvelopeCodec.TryRead(Write(Make("full")), new ClusterSecret("another secret"), out _));

    [Fact]
    public void TryRead_EnvelopeOfAnotherPrefix_ReturnsForged() =>
        Assert.Equal(
            EnvelopeError.Forged, EnvelopeCodec.TryRead(Write(Make("full")), new ClusterSecret(_secret.Text, "other"), out _));

    [Fact]
    public void Write_AccountNameTooLong_Throws() =>
        Assert.Throws<ArgumentException>(() => Write(Make("full") with { Account = new string('a', 70_000) }));

    private static Envelope Make(string shape)
    {
        var full = new Envelope
        {
            Kind = EnvelopeKind.Message,
            Flags = EnvelopeFlags.Binary | EnvelopeFlags.Receipt | EnvelopeFlags.Except | EnvelopeFlags.Volatile,
            Sender = "server.1700000000000",
            Number = long.MaxValue,
            SentAt = 1_800_000_000_000_000,
            Sequence = 4_294_967_297,
            Account = "acme",
            ConnectionId = "connection",
            Payload = "{\"event\":\"chat\"}"u8.ToArray(),
        };
        return shape switch
        {
            "full" => full,
            "receipt" => new Envelope { Kind = EnvelopeKind.Receipt, Sender = "server.1", Receiver = "other.2", Number = 7, Count = 12 },
            "refusal" => new Envelope { Kind = EnvelopeKind.Receipt, Sender = "server.1", Number = 7, IsRefused = true },
            "empty" => new Envelope { Kind = EnvelopeKind.Probe, Sender = "" },
            "trace" => full with
            {
                Flags = EnvelopeFlags.Trace,
                Trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded),
            },
            _ => full with { Account = "акме-\U0001F600", ConnectionId = "", Payload = default },
        };
    }

    private byte[] Write(in Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, _secret);
        return rented[..length];
    }

    private void Sign(byte[] bytes) =>
        _secret.Envelopes.ComputeTag(bytes.AsSpan(0, bytes.Length - ClusterKey.TagLength), bytes.AsSpan(bytes.Length - ClusterKey.TagLength));
}
