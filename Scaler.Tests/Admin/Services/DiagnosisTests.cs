using Scaler.Admin.Services.Diagnosis;
using Scaler.Admin.Services.Live;

namespace Scaler.Tests.Admin.Services;

public sealed class DiagnosisTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 3, 12, 8, TimeSpan.Zero);

    private static readonly ServerInfo Fine = new()
    {
        Id = "a",
        Epoch = 1,
        State = ServerState.Up,
        StartedAt = Now.AddHours(-3),
        LeaseRemaining = TimeSpan.FromSeconds(4.5),
        Connections = 12,
        BusMilliseconds = 0.7,
        Version = "1.0",
    };

    [Fact]
    public void Of_AHealthyCluster_FindsNothing() => Assert.Empty(ClusterDiagnosis.Of(Snapshot(Fine), ErrorSnapshot.Empty));

    [Fact]
    public void Of_NoServer_SaysThatNobodyCanConnect() =>
        Assert.Equal("No server holds a lease", Assert.Single(ClusterDiagnosis.Of(Snapshot(), ErrorSnapshot.Empty)).Title);

    [Fact]
    public void Of_ADeadServer_SaysWhatItHeld()
    {
        var finding = Assert.Single(ClusterDiagnosis.Of(Snapshot(Fine, Fine with { Id = "b", State = ServerState.Dead }), ErrorSnapshot.Empty));
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Contains("Server b is gone", finding.Title, StringComparison.Ordinal);
        Assert.Contains("12 connections", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ServerThatHearsNothing_IsCriticalAndFirst()
    {
        var findings = ClusterDiagnosis.Of(
            Snapshot(Fine with { QueuedBytes = 100 << 20 }, Fine with { Id = "b", BusMilliseconds = -1 }), ErrorSnapshot.Empty);
        Assert.Equal([Severity.Critical, Severity.Warning], findings.Select(finding => finding.Severity));
        Assert.Contains("b does not hear the bus", findings[0].Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.2, 0.7, 60, "late to renew its lease")]
    [InlineData(4.5, 400, 60, "The bus takes 400 ms")]
    [InlineData(4.5, 0.7, 1, "started 1m 0s ago")]
    public void Of_OneThingOff_NamesIt(double lease, double bus, int minutes, string title)
    {
        var server = Fine with { LeaseRemaining = TimeSpan.FromSeconds(lease), BusMilliseconds = bus, StartedAt = Now.AddMinutes(-minutes) };
        Assert.Contains(title, Assert.Single(ClusterDiagnosis.Of(Snapshot(server), ErrorSnapshot.Empty)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ErrorsMostlyOfOneAccount_NamesItAndLinksToIt()
    {
        ScalerError[] errors = [.. Enumerable.Range(0, 10).Select(i => new ScalerError
        {
            Name = ErrorNames.Json,
            Arguments = ["{oops"],
            At = Now.AddSeconds(-i),
            Server = i % 2 == 0 ? "a" : "b",
            Account = i < 8 ? "acme" : "other",
        })];
        var finding = Assert.Single(ClusterDiagnosis.Of(
            Snapshot(Fine), new ErrorSnapshot(Now, errors, new Dictionary<string, int> { [ErrorNames.Json] = 10 }, true)));
        Assert.Equal("error::json: 10 in the last minute, 80 % from account acme", finding.Title);
        Assert.Contains("{oops", finding.Detail, StringComparison.Ordinal);
        Assert.Equal("errors?type=error%3A%3Ajson&account=acme", finding.Link);
    }

    [Fact]
    public void Of_AFewBadMessages_WakesNobody() => Assert.Empty(ClusterDiagnosis.Of(
        Snapshot(Fine), new ErrorSnapshot(Now, [], new Dictionary<string, int> { [ErrorNames.Json] = 3 }, true)));

    [Fact]
    public void Of_ConnectionsThatAreNotStored_IsCriticalFromTheFirst() => Assert.Equal(
        Severity.Critical,
        Assert.Single(ClusterDiagnosis.Of(Snapshot(Fine), new ErrorSnapshot(Now, [], new Dictionary<string, int> { [ErrorNames.Connect] = 1 }, true))).Severity);

    private static ClusterSnapshot Snapshot(params ServerInfo[] servers) => new()
    {
        At = Now,
        Link = new RedisLink(LinkState.Up, Now.AddHours(-1), TimeSpan.FromMilliseconds(0.5)),
        Servers = [.. servers.Select(server => new ServerSample(server, default))],
        Counts = new ClusterCounts(servers.Length, 1, 1),
    };
}
