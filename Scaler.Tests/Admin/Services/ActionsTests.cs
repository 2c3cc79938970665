using System.Security.Claims;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class ActionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<AuditLog> _logger = new();
    private readonly FakeCluster _cluster;
    private readonly AuditLog _audit;
    private readonly ClusterActions _actions;
    private readonly ClaimsPrincipal _operator = AdminIdentity.CreatePrincipal(AdminRoles.Operator, "", "10.0.0.7");
    private readonly ClaimsPrincipal _reader = AdminIdentity.CreatePrincipal(AdminRoles.Reader, "", "10.0.0.8");

    public ActionsTests()
    {
        _cluster = new FakeCluster(_time);
        _audit = new AuditLog(_cluster, _time, _logger);
        _actions = new ClusterActions(_cluster, _audit, _time);
    }

    [Fact]
    public async Task SendAsync_Operator_SendsAndAudits()
    {
        _cluster.Connect("acme", "a");
        _cluster.Connect("acme", "b");
        var report = await _actions.SendAsync(_operator, "acme", "chat", """["hello",1]""");
        Assert.Equal(ActionOutcome.Done, report.Outcome);
        Assert.Equal("Sent to 2 connections on 2 servers.", report.Message);
        Assert.Equal("send acme chat [hello,1]", Assert.Single(_cluster.PerformedActions));
        var entry = Assert.Single(_audit.Entries);
        Assert.Equal(("send chat", "acme", ActionOutcome.Done), (entry.What, entry.Target, Enum.Parse<ActionOutcome>(entry.Outcome)));
        Assert.Matches("^operator [0-9a-f]{4} from 10.0.0.7$", entry.Who);
        Assert.Contains("send chat", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyAction_Reader_IsRefusedAndAudited()
    {
        _cluster.Connect("acme", "a");
        Assert.Equal(ActionOutcome.Refused, (await _actions.SendAsync(_reader, "acme", "chat", "[]")).Outcome);
        Assert.Equal(ActionOutcome.Refused, (await _actions.BroadcastAsync(_reader, "chat", "[]")).Outcome);
        Assert.Equal(ActionOutcome.Refused, (await _actions.DisconnectAsync(_reader, "acme")).Outcome);
        Assert.Equal(ActionOutcome.Refused, (await _actions.DisconnectAsync(_reader, "acme", "x")).Outcome);
        Assert.Empty(_cluster.PerformedActions);
        Assert.Equal(4, _audit.Entries.Count);
    }

    [Theory]
    [InlineData("{}", "not an object")]
    [InlineData("[1,", "line 1")]
    [InlineData("7", "not a number")]
    public async Task SendAsync_ArgumentsNotAnArray_IsInvalid(string arguments, string expected)
    {
        var report = await _actions.SendAsync(_operator, "acme", "chat", arguments);
        Assert.Equal(ActionOutcome.Invalid, report.Outcome);
        Assert.Contains(expected, report.Message, StringComparison.Ordinal);
        Assert.Empty(_cluster.PerformedActions);
    }

    [Fact]
    public async Task SendAsync_ServerNotReached_NamesIt()
    {
        _cluster.GetSendResult = _ => new SendResult { Connections = 1, Servers = 1, Unreachable = ["b"] };
        var report = await _actions.SendAsync(_operator, "acme", "chat", null);
        Assert.Equal((ActionOutcome.Partly, "Sent to 1 connection on 1 server. Not reached: b."), (report.Outcome, report.Message));
    }

    [Fact]
    public async Task DisconnectAsync_RedisUnavailable_ReturnsFailed()
    {
        _cluster.Outage = "no connection";
        var report = await _actions.DisconnectAsync(_operator, "acme");
        Assert.Equal((ActionOutcome.Failed, "Redis is unavailable: no connection"), (report.Outcome, report.Message));
    }

    [Fact]
    public void AuditLog_MoreThanCapacity_DropsTheOldest()
    {
        for (var i = 0; i <= AuditLog.Capacity; i++)
        {
            _audit.Add("who", $"what {i}", "target", ActionOutcome.Done, "result");
        }

        Assert.Equal(AuditLog.Capacity, _audit.Entries.Count);
        Assert.Equal($"what {AuditLog.Capacity}", _audit.Entries[0].What);
    }

    [Fact]
    public void AuditLog_LineBreakInAccount_LogsOneLine()
    {
        _audit.Add("who", "send", "acme\ninfo: operator: broadcast", ActionOutcome.Done, "result");
        Assert.DoesNotContain('\n', _logger.LatestRecord.Message);
    }
}
