using System.Net;
using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster;

public sealed class ForwardHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ClusterSecret _secret = new("a secret of the cluster");

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public void TryRead_HeaderOfThisCluster_ReturnsTheClient(string address)
    {
        var header = ForwardHeader.Write("server", new(IPAddress.Parse(address), "https", "/base", "dXNlcg"), "sid", Now, _secret);

        Assert.True(TryRead(header, "sid", Now.AddSeconds(59), out var client));
        Assert.Equal(new ForwardedClient(IPAddress.Parse(address), "https", "/base", "dXNlcg"), client);
    }

    [Fact]
    public void TryRead_ClientWithoutAddressPathBaseAndUser_ReturnsEmptyValues()
    {
        Assert.True(TryRead(ForwardHeader.Write("server", new(null, "http", "", ""), "sid", Now, _secret), "sid", Now, out var client));
        Assert.Equal(new ForwardedClient(null, "http", "", ""), client);
    }

    [Fact]
    public void TryRead_OtherSessionExpiredOrForged_ReturnsFalse()
    {
        var header = ForwardHeader.Write("server", new(IPAddress.Loopback, "https", "/base", "dXNlcg"), "sid", Now, _secret);

        Assert.False(TryRead(header, "other", Now, out _));
        Assert.False(TryRead(header, "sid", Now.AddMinutes(2), out _));
        Assert.False(TryRead(header.Replace("https", "http", StringComparison.Ordinal), "sid", Now, out _));
        Assert.False(TryRead(header.Replace("dXNlcg", "YWRtaW4", StringComparison.Ordinal), "sid", Now, out _));
        Assert.False(TryRead(header.Replace("127.0.0.1", "192.0.2.1", StringComparison.Ordinal), "sid", Now, out _));
        Assert.False(TryRead(ForwardHeader.Write("server", new(IPAddress.Loopback, "https", "/base", "dXNlcg"), "sid", Now, new ClusterSecret("another one")), "sid", Now, out _));
        Assert.All(["", " ", "a b c d", "a b c d e", "a b c d e f", "a b c d e f g", "x"], forged => Assert.False(TryRead(forged, "sid", Now, out _)));
    }

    [Fact]
    public void TryRead_HeaderPresentTwice_ReturnsFalse()
    {
        var header = ForwardHeader.Write("server", new(IPAddress.Loopback, "https", "/base", "dXNlcg"), "sid", Now, _secret);
        var headers = new HeaderDictionary { [ForwardHeader.Name] = new([header, header]) };

        Assert.False(ForwardHeader.TryRead(headers, "sid", Now, _secret, out _));
    }

    private bool TryRead(string header, string sid, DateTimeOffset now, out ForwardedClient client) =>
        ForwardHeader.TryRead(new HeaderDictionary { [ForwardHeader.Name] = header }, sid, now, _secret, out client);
}
