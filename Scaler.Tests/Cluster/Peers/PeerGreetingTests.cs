using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster.Peers;

public sealed class PeerGreetingTests
{
    private readonly ClusterSecret _secret = new("a secret of the cluster");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PeerHandshakeHeader _greeting;

    public PeerGreetingTests() => _greeting = new PeerHandshakeHeader(_time);

    [Fact]
    public void TryAccept_GreetingForThisServer_ReturnsTrueOnce()
    {
        var greeting = Write();
        Assert.True(Accepts(greeting));
        Assert.False(Accepts(greeting));
        Assert.True(Accepts(Write()));
    }

    [Fact]
    public void TryAccept_AlreadyAccepted_ReturnsFalseForAsLongAsItIsValid()
    {
        // From a server whose clock is almost one minute ahead.
        var greeting = PeerHandshakeHeader.Write("one", "two", _time.GetUtcNow().AddSeconds(59), _secret);
        Assert.True(Accepts(greeting));
        for (var second = 0; second < 130; second++)
        {
            Assert.False(Accepts(greeting));
            Assert.True(Accepts(Write()));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(61)]
    public void TryAccept_MoreThanAMinuteOff_ReturnsFalse(int seconds)
    {
        var greeting = Write();
        _time.Advance(TimeSpan.FromSeconds(Math.Max(seconds, 0)));
        greeting = seconds < 0 ? PeerHandshakeHeader.Write("one", "two", _time.GetUtcNow().AddSeconds(-seconds), _secret) : greeting;
        Assert.False(Accepts(greeting));
    }

    [Fact]
    public void TryAccept_GreetingForAnotherServer_ReturnsFalse() =>
        Assert.False(Accepts(PeerHandshakeHeader.Write("one", "three", _time.GetUtcNow(), _secret)));

    [Fact]
    public void TryAccept_GreetingOfAnotherCluster_ReturnsFalse() =>
        Assert.False(Accepts(PeerHandshakeHeader.Write("one", "two", _time.GetUtcNow(), new ClusterSecret("another secret"))));

    [Theory]
    [InlineData("")]
    [InlineData("one two 1767225600000 random")]
    [InlineData("one two 1767225600000 random tag")]
    [InlineData("    ")]
    public void TryAccept_MalformedOrUnsigned_ReturnsFalse(string greeting) => Assert.False(Accepts(greeting));

    [Fact]
    public void TryAccept_AnyCharacterChanged_ReturnsFalse()
    {
        var greeting = Write();
        for (var i = 0; i < greeting.Length; i++)
        {
            Assert.False(Accepts(greeting[..i] + (greeting[i] == 'A' ? 'B' : 'A') + greeting[(i + 1)..]));
        }

        Assert.True(Accepts(greeting));
    }

    [Fact]
    public void TryAccept_TagOfAnotherPurpose_ReturnsFalse()
    {
        var greeting = Write();
        var data = greeting[..greeting.LastIndexOf(' ')];
        Assert.False(Accepts($"{data} {_secret.Forwards.ComputeTag(data)}"));
    }

    private string Write() => PeerHandshakeHeader.Write("one", "two", _time.GetUtcNow(), _secret);

    private bool Accepts(string greeting) => _greeting.TryAccept(greeting, "two", _secret);
}
