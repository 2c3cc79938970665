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
    public void Of_HealthyCluster_ReturnsNothing() => Assert.Empty(ClusterDiagnosis.Diagnose(Snapshot(Fine), ErrorSnapshot.Empty));

    [Fact]
    public void Of_NoServer_ReportsIt() =>
        Assert.Equal("No server holds a lease", Assert.Single(ClusterDiagnosis.Diagnose(Snapshot(), ErrorSnapshot.Empty)).Title);

    [Fact]
    public void Of_DeadServer_ReportsItsConnections()
    {
        var finding = Assert.Single(ClusterDiagnosis.Diagnose(Snapshot(Fine, Fine with { Id = "b", State = ServerState.Dead }), ErrorSnapshot.Empty));
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Contains("Server b is down", finding.Title, StringComparison.Ordinal);
        Assert.Contains("12 connections", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ServerWithoutBusMessages_IsCriticalAndFirst()
    {
        var findings = ClusterDiagnosis.Diagnose(
            Snapshot(Fine with { QueuedBytes = 100 << 20 }, Fine with { Id = "b", BusMilliseconds = -1 }), ErrorSnapshot.Empty);
        Assert.Equal([Severity.Critical, Severity.Warning], findings.Select(finding => finding.Severity));
        Assert.Contains("b receives no bus messages", findings[0].Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.2, 0.7, 60, "late in renewing its lease")]
    [InlineData(4.5, 400, 60, "The bus latency of server a is 400 ms")]
    [InlineData(4.5, 0.7, 1, "started 1m 0s ago")]
    public void Of_OneProblem_ReportsIt(double lease, double bus, int minutes, string title)
    {
        var server = Fine with { LeaseRemaining = TimeSpan.FromSeconds(lease), BusMilliseconds = bus, StartedAt = Now.AddMinutes(-minutes) };
        Assert.Contains(title, Assert.Single(ClusterDiagnosis.Diagnose(Snapshot(server), ErrorSnapshot.Empty)).Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1 server entry is not signed by this cluster")]
    [InlineData(3, "3 server entries are not signed by this cluster")]
    public void Of_UnsignedServerEntries_ReportsTheirNumber(int count, string title)
    {
        var finding = Assert.Single(ClusterDiagnosis.Diagnose(
            Snapshot(Fine) with { IgnoredServerEntries = count }, ErrorSnapshot.Empty));
        Assert.Equal((Severity.Warning, title), (finding.Severity, finding.Title));
    }

    [Fact]
    public void Of_ServerThatAnotherCannotReach_NamesBothAndTheRemedy()
    {
        var finding = Assert.Single(ClusterDiagnosis.Diagnose(
            Snapshot(CannotReachB(Fine), Fine with { Id = "b" }), ErrorSnapshot.Empty));

        Assert.Equal(
            (Severity.Critical, "Server a cannot reach server b at http://10.0.0.12:8080: connection refused", "servers"),
            (finding.Severity, finding.Title, finding.Link));
        Assert.Contains("Set AdvertisedUrl (Scaler:Cluster:AdvertisedUrl) of server b", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ServerThatManyCannotReach_IsOneFinding()
    {
        var others = new[] { "a", "c", "d", "e" }.Select(id => CannotReachB(Fine with { Id = id }));
        var snapshot = Snapshot([.. others, Fine with { Id = "b" }]);

        var finding = Assert.Single(ClusterDiagnosis.Diagnose(snapshot, ErrorSnapshot.Empty));

        Assert.Equal("4 servers (a, c, d, …) cannot reach server b at http://10.0.0.12:8080: connection refused", finding.Title);
    }

    [Fact]
    public void Of_UnreachableServerThatIsDown_ReportsOnlyThatItIsDown() => Assert.Contains(
        "is down",
        Assert.Single(ClusterDiagnosis.Diagnose(
            Snapshot(CannotReachB(Fine), Fine with { Id = "b", State = ServerState.Dead }), ErrorSnapshot.Empty)).Title,
        StringComparison.Ordinal);

    [Fact]
    public void Of_ErrorsMostlyFromOneAccount_NamesAndLinksIt()
    {
        ScalerError[] errors = [.. Enumerable.Range(0, 10).Select(i => new ScalerError
        {
            Name = ErrorNames.Json,
            Arguments = ["{invalid"],
            At = Now.AddSeconds(-i),
            Server = i % 2 == 0 ? "a" : "b",
            Account = i < 8 ? "acme" : "other",
        })];
        var finding = Assert.Single(ClusterDiagnosis.Diagnose(
            Snapshot(Fine), new ErrorSnapshot(Now, errors, new Dictionary<string, int> { [ErrorNames.Json] = 10 }, true)));
        Assert.Equal("error::json: 10 in the last minute, 80 % from account acme", finding.Title);
        Assert.Contains("{invalid", finding.Detail, StringComparison.Ordinal);
        Assert.Equal("errors?type=error%3A%3Ajson&account=acme", finding.Link);
    }

    [Fact]
    public void Of_FewInvalidMessages_ReturnsNothing() => Assert.Empty(ClusterDiagnosis.Diagnose(
        Snapshot(Fine), new ErrorSnapshot(Now, [], new Dictionary<string, int> { [ErrorNames.Json] = 3 }, true)));

    [Fact]
    public void Of_OneConnectError_IsCritical() => Assert.Equal(
        Severity.Critical,
        Assert.Single(ClusterDiagnosis.Diagnose(Snapshot(Fine), new ErrorSnapshot(Now, [], new Dictionary<string, int> { [ErrorNames.Connect] = 1 }, true))).Severity);

    private static ServerInfo CannotReachB(ServerInfo server) => server with
    {
        Unreachable = [new UnreachableServer("b", "http://10.0.0.12:8080", Now.AddMinutes(-1), "connection refused")],
        UnreachableCount = 1,
    };

    private static ClusterSnapshot Snapshot(params ServerInfo[] servers) => new()
    {
        At = Now,
        Redis = new RedisStatus(RedisState.Up, Now.AddHours(-1), TimeSpan.FromMilliseconds(0.5)),
        Servers = [.. servers.Select(server => new ServerSample(server, default))],
        Counts = new ClusterCounts(servers.Length, 1, 1),
    };
}
