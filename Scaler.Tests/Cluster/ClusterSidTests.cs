using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster;

public sealed class ClusterSidTests
{
    private readonly ClusterSecret _secret = new("a secret of the cluster");

    [Theory]
    [InlineData("a")]
    [InlineData("server-1_x")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")]
    public void TryRead_SidOfThisCluster_ReturnsTheServer(string server)
    {
        var sid = ClusterSid.Create(server, _secret);

        Assert.True(ClusterSid.TryRead(sid, _secret, out var read));
        Assert.Equal(server, read);
        Assert.Equal(Uri.EscapeDataString(sid), sid);
    }

    [Fact]
    public void TryRead_AnyCharacterChanged_ReturnsFalse()
    {
        var sid = ClusterSid.Create("server", _secret);
        for (var i = 0; i < sid.Length; i++)
        {
            foreach (var other in "Ab0-.é")
            {
                if (sid[i] != other)
                {
                    var forged = sid[..i] + other + sid[(i + 1)..];

                    // The last base64 character carries unused bits. Decoding rejects a session ID in which they are set.
                    Assert.False(ClusterSid.TryRead(forged, _secret, out _), forged);
                }
            }
        }
    }

    [Fact]
    public void TryRead_TruncatedOrTooLong_ReturnsFalse()
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
    public void TryRead_SidOfAnotherCluster_ReturnsFalse() =>
        Assert.False(ClusterSid.TryRead(ClusterSid.Create("server", new ClusterSecret("another secret")), _secret, out _));

    [Fact]
    public void Create_CalledRepeatedly_ReturnsUniqueSids() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ClusterSid.Create("s", _secret)).Distinct().Count());
}
