using Scaler.Cluster;

namespace Scaler.Tests.Cluster;

public sealed class ClusterSidTests
{
    private readonly ClusterSecret _secret = new("a secret of the cluster");

    [Theory]
    [InlineData("a")]
    [InlineData("server-1_x")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")]
    public void TryRead_OfItsOwn_NamesTheServer(string server)
    {
        var sid = ClusterSid.Create(server, _secret);

        Assert.True(ClusterSid.TryRead(sid, _secret, out var read));
        Assert.Equal(server, read);
        Assert.Equal(Uri.EscapeDataString(sid), sid);
    }

    [Fact]
    public void TryRead_WithAnyCharacterChanged_Refuses()
    {
        var sid = ClusterSid.Create("server", _secret);
        for (var i = 0; i < sid.Length; i++)
        {
            foreach (var other in "Ab0-.é")
            {
                if (sid[i] != other)
                {
                    var forged = sid[..i] + other + sid[(i + 1)..];

                    // The last character of base64 carries bits that say nothing: decoding refuses those that are set.
                    Assert.False(ClusterSid.TryRead(forged, _secret, out _), forged);
                }
            }
        }
    }

    [Fact]
    public void TryRead_OfAnyPart_Refuses()
    {
        var sid = ClusterSid.Create("server", _secret);
        for (var length = 0; length < sid.Length; length++)
        {
            Assert.False(ClusterSid.TryRead(sid[..length], _secret, out _));
            Assert.False(ClusterSid.TryRead(sid[^length..], _secret, out _));
        }

        Assert.False(ClusterSid.TryRead(new string('a', 10_000), _secret, out _));
    }

    [Fact]
    public void TryRead_OfAnotherCluster_Refuses() =>
        Assert.False(ClusterSid.TryRead(ClusterSid.Create("server", new ClusterSecret("another secret")), _secret, out _));

    [Fact]
    public void Create_Again_IsAnother() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ClusterSid.Create("s", _secret)).Distinct().Count());
}
