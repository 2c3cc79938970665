using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Reachability;

namespace Scaler.Tests.Cluster.Reachability;

public sealed class ReachabilityTableTests
{
    private const string Refused = "connection refused";

    private static readonly ServerInfo Two = new() { Id = "two", Epoch = 1, Url = "http://user:password@10.0.0.12:8080/?key=1" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScalerClusterOptions _options = new();
    private readonly ReachabilityTable _table;

    public ReachabilityTableTests() => _table = new ReachabilityTable(_time, _options);

    [Fact]
    public void TakeDue_NewServer_IsProbedOnceWithinTwoIntervals()
    {
        _table.Update([Two]);

        Assert.Equal([Two], TakeWithin(2));
        Assert.Equal(ReachabilityChange.None, _table.Record(Two, null));
        Assert.Empty(TakeWithin(1000));
    }

    [Fact]
    public void TakeDue_HundredNewServers_AreSpreadOverTime()
    {
        _table.Update([.. Enumerable.Range(0, 100).Select(i => new ServerInfo { Id = $"{i}", Epoch = 1, Url = "http://x" })]);

        var counts = Enumerable.Range(0, 12).Select(_ => TakeWithin(1).Count).ToArray();

        Assert.Equal(100, counts.Sum());
        Assert.InRange(counts.Max(), 1, 40);
    }

    [Theory]
    [InlineData(2, "http://10.0.0.12:8080")]
    [InlineData(1, "http://10.0.0.13:8080")]
    public void TakeDue_NewEpochOrUrl_IsProbedAgain(long epoch, string url)
    {
        var changed = Two with { Epoch = epoch, Url = url };
        _table.Update([Two]);
        _table.Record(Assert.Single(TakeWithin(2)), null);

        _table.Update([changed]);

        Assert.Equal([changed], TakeWithin(2));
        Assert.Equal(ReachabilityChange.None, _table.Record(Two, Refused));
    }

    [Fact]
    public void Record_SecondFailureAfterALeaseDuration_IsLostOnce()
    {
        var failedAt = Lose();

        Assert.Equal([new UnreachableServer("two", "http://10.0.0.12:8080", failedAt, Refused)], _table.GetUnreachable());
        Assert.Empty(TakeWithin(7));
        Assert.Equal([Two], TakeWithin(6));
        Assert.Equal(ReachabilityChange.None, _table.Record(Two, "HTTP 404"));
        Assert.Equal([new UnreachableServer("two", "http://10.0.0.12:8080", failedAt, "HTTP 404")], _table.GetUnreachable());
    }

    [Fact]
    public void Record_SuccessAfterAFailure_IsNotReported()
    {
        _table.Update([Two]);
        _table.Record(Assert.Single(TakeWithin(2)), Refused);

        Assert.Equal(ReachabilityChange.None, _table.Record(Assert.Single(TakeWithin(8)), null));
        Assert.Empty(_table.GetUnreachable());
        Assert.Empty(TakeWithin(1000));
    }

    [Fact]
    public void Record_SuccessAfterLost_IsFound()
    {
        Lose();

        Assert.Equal(ReachabilityChange.Found, _table.Record(Assert.Single(TakeWithin(13)), null));
        Assert.Empty(_table.GetUnreachable());
    }

    [Fact]
    public void Record_FailureAtANewUrl_IsLostAgain()
    {
        Lose();
        var moved = Two with { Url = "http://10.0.0.13:8080" };
        _table.Update([moved]);

        Assert.Equal(ReachabilityChange.Lost, _table.Record(Assert.Single(TakeWithin(2)), Refused));
        Assert.Equal("http://10.0.0.13:8080", Assert.Single(_table.GetUnreachable()).Url);
    }

    [Fact]
    public void Update_ServerHasLeft_IsNoLongerUnreachable()
    {
        Lose();

        Assert.Equal("two", Assert.Single(_table.Update([])).Id);
        Assert.Empty(_table.GetUnreachable());
        Assert.Empty(TakeWithin(1000));
    }

    [Fact]
    public void Record_CrashedServer_IsNotReported()
    {
        _table.Update([Two]);
        _table.Record(Assert.Single(TakeWithin(2)), Refused);

        // The lease has expired before the second probe.
        Assert.Empty(TakeWithin(6));
        Assert.Empty(_table.Update([]));
        Assert.Empty(TakeWithin(1000));
    }

    [Fact]
    public void Record_DrainingServer_IsNotReported()
    {
        var draining = Two with { State = ServerState.Draining };
        _table.Update([draining]);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ReachabilityChange.None, _table.Record(Assert.Single(TakeWithin(8)), Refused));
        }

        Assert.Empty(_table.GetUnreachable());
    }

    [Fact]
    public void Suspect_ReachableServer_IsProbedOnce()
    {
        _table.Update([Two]);
        _table.Record(Assert.Single(TakeWithin(2)), null);

        _table.Suspect("two");
        _table.Suspect("two");
        _table.Suspect("unknown");

        Assert.Equal([Two], _table.TakeDue());
        Assert.Empty(_table.TakeDue());
    }

    private DateTimeOffset Lose()
    {
        _table.Update([Two]);
        var probed = Assert.Single(TakeWithin(2));
        var failedAt = _time.GetUtcNow();
        Assert.Equal(ReachabilityChange.None, _table.Record(probed, Refused));
        Assert.Empty(_table.GetUnreachable());
        Assert.Empty(TakeWithin(6));
        Assert.Equal(ReachabilityChange.Lost, _table.Record(Assert.Single(TakeWithin(2)), Refused));
        return failedAt;
    }

    /// <summary>Advances the clock and takes the servers that become due.</summary>
    private List<ServerInfo> TakeWithin(int intervals)
    {
        var due = new List<ServerInfo>(_table.TakeDue());
        for (var i = 0; i < intervals; i++)
        {
            _time.Advance(_options.LeaseRenewal);
            due.AddRange(_table.TakeDue());
        }

        return due;
    }
}
