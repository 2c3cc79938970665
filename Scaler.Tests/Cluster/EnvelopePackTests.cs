using System.Text;
using Scaler.Cluster.Wire;

namespace Scaler.Tests.Cluster;

public sealed class EnvelopePackTests
{
    [Fact]
    public void Open_Pack_ReturnsTheEnvelopesInOrder()
    {
        string[] envelopes = ["one", "", "three", new string('x', 70_000)];
        var pack = new byte[EnvelopeBatch.Length(envelopes.Length, envelopes.Sum(envelope => envelope.Length))];

        var at = EnvelopeBatch.Begin(pack);
        foreach (var envelope in envelopes)
        {
            at = EnvelopeBatch.Add(pack, at, Encoding.ASCII.GetBytes(envelope));
        }

        Assert.Equal(pack.Length, at);
        Assert.Equal(envelopes, Open(pack));
    }

    [Fact]
    public void Open_SingleEnvelope_ReturnsItUnchanged()
    {
        Assert.Equal(["\u0001abc"], Open("\u0001abc"u8.ToArray()));
        Assert.Equal([""], Open([]));
    }

    [Fact]
    public void Open_EmptyPack_ReturnsNoEnvelopes() => Assert.Empty(Open([255]));

    [Theory]
    [InlineData(new byte[] { 255, 0 })]
    [InlineData(new byte[] { 255, 0, 0, 0, 2, 65 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 65, 66 })]
    [InlineData(new byte[] { 255, 127, 255, 255, 255, 65, 66 })]
    public void Open_TruncatedPack_ReturnsTheRestAsOneEnvelope(byte[] pack)
    {
        var envelopes = new List<byte[]>();
        EnvelopeBatch.Unpack(pack, envelope => envelopes.Add(envelope.ToArray()));

        Assert.Equal([pack[1..]], envelopes);
    }

    private static List<string> Open(byte[] message)
    {
        var envelopes = new List<string>();
        EnvelopeBatch.Unpack(message, envelope => envelopes.Add(Encoding.ASCII.GetString(envelope.Span)));
        return envelopes;
    }
}
