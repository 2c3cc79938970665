using System.Text;
using Scaler.Cluster.Redis;

namespace Scaler.Tests.Cluster;

public sealed class EnvelopePackTests
{
    [Fact]
    public void APack_GivesWhatWentInto_InItsOrder()
    {
        string[] envelopes = ["one", "", "three", new string('x', 70_000)];
        var pack = new byte[EnvelopePack.Length(envelopes.Length, envelopes.Sum(envelope => envelope.Length))];

        var at = EnvelopePack.Begin(pack);
        foreach (var envelope in envelopes)
        {
            at = EnvelopePack.Add(pack, at, Encoding.ASCII.GetBytes(envelope));
        }

        Assert.Equal(pack.Length, at);
        Assert.Equal(envelopes, Open(pack));
    }

    [Fact]
    public void AnEnvelopeAlone_IsGivenAsItIs()
    {
        Assert.Equal(["\u0001abc"], Open("\u0001abc"u8.ToArray()));
        Assert.Equal([""], Open([]));
    }

    [Fact]
    public void APackOfNone_GivesNone() => Assert.Empty(Open([255]));

    [Theory]
    [InlineData(new byte[] { 255, 0 })]
    [InlineData(new byte[] { 255, 0, 0, 0, 2, 65 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 65, 66 })]
    [InlineData(new byte[] { 255, 127, 255, 255, 255, 65, 66 })]
    public void APackThatEndsTooEarly_GivesTheRestAsOne(byte[] pack)
    {
        var given = new List<byte[]>();
        EnvelopePack.Open(pack, envelope => given.Add(envelope.ToArray()));

        Assert.Equal([pack[1..]], given);
    }

    private static List<string> Open(byte[] message)
    {
        var given = new List<string>();
        EnvelopePack.Open(message, envelope => given.Add(Encoding.ASCII.GetString(envelope.Span)));
        return given;
    }
}
