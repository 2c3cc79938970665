using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster.Peers;

public sealed class PeerGreetingTests
{
    private readonly ClusterSecret _secret = new("a secret of the cluster");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly NodeEpoch _epoch = new("two.2");
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
        var greeting = PeerHandshakeHeader.Write("one", "two.2", _time.GetUtcNow().AddSeconds(59), _secret);
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
        greeting = seconds < 0 ? PeerHandshakeHeader.Write("one", "two.2", _time.GetUtcNow().AddSeconds(-seconds), _secret) : greeting;
        Assert.False(Accepts(greeting));
    }

    [Fact]
    public void TryAccept_GreetingForAnotherServer_ReturnsFalse() =>
        Assert.False(Accepts(PeerHandshakeHeader.Write("one", "three.2", _time.GetUtcNow(), _secret)));

    [Fact]
    public void TryAccept_GreetingOfAnotherCluster_ReturnsFalse() =>
        Assert.False(Accepts(PeerHandshakeHeader.Write("one", "two.2", _time.GetUtcNow(), new ClusterSecret("another secret"))));

    [Fact]
    public void TryAccept_GreetingForAnEarlierEpoch_ReturnsTrueOnlyForTheSameProcess()
    {
        var greeting = Write();
        var restarted = new PeerHandshakeHeader(_time);
        Assert.False(restarted.TryAccept(greeting, new NodeEpoch("two.3"), _secret));

        _epoch.Begin("two.3");
        Assert.True(Accepts(greeting));
    }

    [Fact]
    public void TryAccept_GreetingOfAnotherPrefix_ReturnsFalse() => Assert.False(Accepts(PeerHandshakeHeader.Write(
        "one", "two.2", _time.GetUtcNow(), new ClusterSecret(_secret.Text, "other"))));

    [Fact]
    public void IsGenuineAnswer_AnswerToThisGreeting_ReturnsTrueForThisServerOnly()
    {
        var (greeting, server) = (Write(), new ServerInfo { Id = "two", Epoch = 2 });
        var answer = PeerHandshakeHeader.WriteAnswer(greeting, "two", 2, _secret);

        Assert.True(IsGenuine(answer, greeting, server));
        Assert.True(IsGenuine(PeerHandshakeHeader.WriteAnswer(greeting, "two", 3, _secret), greeting, server));
        Assert.False(IsGenuine(PeerHandshakeHeader.WriteAnswer(greeting, "two", 1, _secret), greeting, server));
        Assert.False(IsGenuine(PeerHandshakeHeader.WriteAnswer(greeting, "three", 2, _secret), greeting, server));
        Assert.False(
            IsGenuine(PeerHandshakeHeader.WriteAnswer(greeting, "two", 2, new ClusterSecret("another")), greeting, server));
        Assert.False(IsGenuine(answer, Write(), server));
        Assert.False(IsGenuine(greeting, greeting, server));
        for (var i = 0; i < answer.Length; i++)
        {
            Assert.False(IsGenuine(answer[..i] + (answer[i] == 'A' ? 'B' : 'A') + answer[(i + 1)..], greeting, server));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("one two.2 1767225600000 random")]
    [InlineData("one two.2 1767225600000 random tag")]
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

    private bool IsGenuine(string answer, string greeting, ServerInfo server) =>
        PeerHandshakeHeader.IsGenuineAnswer(answer, greeting, server, _secret);

    private string Write() => PeerHandshakeHeader.Write("one", "two.2", _time.GetUtcNow(), _secret);

    private bool Accepts(string greeting) => _greeting.TryAccept(greeting, _epoch, _secret);
}
