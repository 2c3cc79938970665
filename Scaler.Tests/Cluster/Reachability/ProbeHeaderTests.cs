using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster.Reachability;

public sealed class ProbeHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ClusterSecret _secret = new("a secret of the cluster");

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    public void IsGenuineProbe_ClocksDiffer_ToleratesOneMinute(int seconds, bool expected) => Assert.Equal(
        expected, ProbeHeader.IsGenuineProbe(ProbeHeader.WriteProbe(Now, _secret), Now.AddSeconds(seconds), _secret));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("  ")]
    [InlineData("1767225600000 random tag")]
    public void IsGenuineProbe_MalformedOrUnsigned_ReturnsFalse(string probe) =>
        Assert.False(ProbeHeader.IsGenuineProbe(probe, Now, _secret));

    [Fact]
    public void IsGenuineProbe_ProbeOfAnotherCluster_ReturnsFalse() =>
        Assert.False(ProbeHeader.IsGenuineProbe(ProbeHeader.WriteProbe(Now, new ClusterSecret("another secret")), Now, _secret));

    [Fact]
    public void TryReadAnswer_AnswerToThisProbe_ReturnsServerAndEpoch()
    {
        var probe = ProbeHeader.WriteProbe(Now, _secret);
        var answer = ProbeHeader.WriteAnswer(probe, "two", 42, _secret);

        Assert.True(ProbeHeader.TryReadAnswer(answer, probe, _secret, out var server, out var epoch));

        Assert.Equal(("two", 42), (server, epoch));
    }

    [Fact]
    public void TryReadAnswer_AnswerToAnotherProbeOrChanged_ReturnsFalse()
    {
        var probe = ProbeHeader.WriteProbe(Now, _secret);
        var answer = ProbeHeader.WriteAnswer(probe, "two", 42, _secret);

        Assert.False(ProbeHeader.TryReadAnswer(answer, ProbeHeader.WriteProbe(Now, _secret), _secret, out _, out _));
        Assert.False(ProbeHeader.TryReadAnswer(probe, probe, _secret, out _, out _));
        for (var i = 0; i < answer.Length; i++)
        {
            var changed = answer[..i] + (answer[i] == 'A' ? 'B' : 'A') + answer[(i + 1)..];
            Assert.False(ProbeHeader.TryReadAnswer(changed, probe, _secret, out _, out _));
        }
    }
}
