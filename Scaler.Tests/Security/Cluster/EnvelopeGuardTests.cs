using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Node;
using Scaler.Cluster.Wire;

namespace Scaler.Tests.Security.Cluster;

public sealed class EnvelopeGuardTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly NodeEpoch _epoch = new("me.1");
    private readonly ClusterClock _clock;
    private readonly EnvelopeGuard _guard;
    private long _sequence;

    public EnvelopeGuardTests()
    {
        _clock = new ClusterClock(_time);
        _guard = new EnvelopeGuard(_epoch, _clock, _time);
        UpdateClock();
    }

    [Fact]
    public void Accept_EveryKindForThisServer_AcceptsItOnce()
    {
        foreach (var kind in Enum.GetValues<EnvelopeKind>())
        {
            var envelope = Make(kind, "me.1");
            Assert.Equal(EnvelopeError.None, _guard.Accept(envelope));
            Assert.Equal(EnvelopeError.Repeated, _guard.Accept(envelope));
        }
    }

    [Fact]
    public void Accept_NoReceiver_AcceptsOnlyWhatIsForAllServers()
    {
        foreach (var kind in Enum.GetValues<EnvelopeKind>())
        {
            var isForAll = kind is EnvelopeKind.Message or EnvelopeKind.Broadcast or EnvelopeKind.Disconnect or EnvelopeKind.Activity;
            Assert.Equal(isForAll ? EnvelopeError.None : EnvelopeError.OtherReceiver, _guard.Accept(Make(kind, "")));
        }
    }

    [Theory]
    [InlineData("other.1")]
    [InlineData("me.2")]
    [InlineData("me")]
    public void Accept_OtherReceiver_RefusesEveryKind(string receiver) => Assert.All(
        Enum.GetValues<EnvelopeKind>(), kind => Assert.Equal(EnvelopeError.OtherReceiver, _guard.Accept(Make(kind, receiver))));

    [Fact]
    public void Accept_EarlierEpochOfThisProcess_AcceptsIt()
    {
        _epoch.Begin("me.2");

        Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Drain, "me.1")));
        Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Drain, "me.2")));
    }

    [Fact]
    public void Accept_SentByThisProcess_RefusesItUnderEachEpoch()
    {
        _epoch.Begin("me.2");
        foreach (var sender in new[] { "me.1", "me.2" })
        {
            Assert.Equal(EnvelopeError.OwnMessage, _guard.Accept(Make(EnvelopeKind.Broadcast, "") with { Sender = sender }));
            Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Probe, "me.2") with { Sender = sender }));
        }
    }

    [Fact]
    public void Accept_SentBeforeThisProcessStarted_RefusesIt()
    {
        Assert.Equal(EnvelopeError.Stale, _guard.Accept(Make(EnvelopeKind.Message, "", age: 1_100_000)));
        Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Message, "", age: 900_000)));
    }

    [Fact]
    public void Accept_OlderThanAMinute_RefusesIt()
    {
        Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(EnvelopeError.Stale, _guard.Accept(Make(EnvelopeKind.Disconnect, "", age: 60_100_000)));
        Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Disconnect, "", age: 59_900_000)));
    }

    [Fact]
    public void Accept_WithoutATime_AcceptsOnlyReplies()
    {
        foreach (var kind in Enum.GetValues<EnvelopeKind>())
        {
            var isReply = kind is EnvelopeKind.Receipt or EnvelopeKind.Answer or EnvelopeKind.Probe;
            Assert.Equal(
                isReply ? EnvelopeError.None : EnvelopeError.Stale, _guard.Accept(Make(kind, "me.1") with { SentAt = 0 }));
        }
    }

    [Fact]
    public void Accept_AfterTheWindowWasDropped_StillRefusesTheRepetition()
    {
        var envelope = Make(EnvelopeKind.Message, "");
        Assert.Equal(EnvelopeError.None, _guard.Accept(envelope));
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(EnvelopeError.None, _guard.Accept(Make(EnvelopeKind.Message, "") with { Sender = $"short-{i}.1" }));
            Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(i < 6 ? EnvelopeError.Repeated : EnvelopeError.Stale, _guard.Accept(envelope));
        }

        Assert.InRange(_guard.SenderCount, 1, 30);
    }

    [Fact]
    public void Accept_KnownSender_AllocatesNothing()
    {
        _guard.Accept(Make(EnvelopeKind.Message, ""));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _guard.Accept(Make(EnvelopeKind.Message, ""));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        UpdateClock();
    }

    private void UpdateClock() => _clock.Update(_time.GetTimestamp(), _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);

    private Envelope Make(EnvelopeKind kind, string receiver, long age = 0) => new()
    {
        Kind = kind,
        Sender = "other.1",
        Receiver = receiver,
        Sequence = ++_sequence,
        SentAt = _clock.Stamp - age,
        Account = "",
        ConnectionId = "",
    };
}
