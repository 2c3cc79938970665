using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Components.Tables;
using Scaler.Admin.Configuration;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Diagnosis;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Helpers;
using GridItemsProviderResult = Microsoft.AspNetCore.Components.QuickGrid.GridItemsProviderResult;

namespace Scaler.Tests.Admin.Components;

public sealed class ComponentTests : BunitContext
{
    public ComponentTests()
    {
        // Tolerates a slow test machine.
        DefaultWaitTimeout = Deadline.DefaultTimeout;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddFluentUIComponents();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(Options.Create(new AdminOptions { DashboardUrl = "http://localhost:8082/" }));
    }

    [Fact]
    public void Sparkline_Gap_BreaksTheLine()
    {
        var line = Render<Sparkline>(parameters => parameters
            .Add(spark => spark.Label, "Messages")
            .Add(spark => spark.Values, [1, 2, double.NaN, 3, 1])).Find("path.line").GetAttribute("d")!;
        Assert.Equal(2, line.Count(c => c == 'M'));
        Assert.DoesNotContain("NaN", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparkline_OneValue_DrawsNothing() => Assert.Empty(Render<Sparkline>(parameters => parameters
        .Add(spark => spark.Label, "Messages")
        .Add(spark => spark.Values, [1])).FindAll("path"));

    [Fact]
    public void FindingList_NoFindings_ShowsNoProblemsFound() =>
        Assert.Contains("No problems found", Render<FindingList>(parameters => parameters.Add(list => list.Findings, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void FindingList_OneFinding_ShowsTitleAndLink()
    {
        var list = Render<FindingList>(parameters => parameters.Add(
            list => list.Findings, [new Finding(Severity.Critical, "Server b is down", "The process stopped.", "servers", "Servers")]));
        Assert.Equal("Server b is down", list.Find("strong").TextContent);
        Assert.Equal("servers", list.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void ErrorGrid_ClientSuppliedText_IsEscapedAndTruncated()
    {
        var grid = Render<ErrorGrid>(parameters => parameters.Add(grid => grid.Errors, [new ScalerError
        {
            Name = ErrorNames.Json,
            Arguments = ["<script>alert(1)</script>" + new string('x', 5_000)],
            At = DateTimeOffset.UnixEpoch,
            Server = "a",
            Account = "<b>bold</b>",
            Late = true,
        }]));
        Assert.Empty(grid.FindAll("script, b"));
        Assert.InRange(grid.Find(".argument").TextContent.Length, 100, 130);
        Assert.Equal("<b>bold</b>", grid.Find("a").TextContent);
        Assert.Equal("accounts/named?name=%3Cb%3Ebold%3C%2Fb%3E", grid.Find("a").GetAttribute("href"));
        Assert.Equal("late", grid.Find(".late").TextContent);
    }

    [Fact]
    public void ServerGrid_NoBusMessages_IsShown()
    {
        AddAuthorization();
        var grid = Render<ServerGrid>(parameters => parameters.Add(grid => grid.Servers,
            [new ServerSample(new ServerInfo { Id = "a", Epoch = 1, BusMilliseconds = -1, State = ServerState.Draining, Connections = 1 }, default)]));
        Assert.Equal("no bus messages", grid.Find("td .bad").TextContent);
        Assert.Contains("Draining", grid.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerGrid_ServerCannotReachAnother_IsShownAtBoth()
    {
        AddAuthorization();
        var unreachable = new UnreachableServer("b", "http://b:8080", DateTimeOffset.UnixEpoch, "connection refused");
        var grid = Render<ServerGrid>(parameters => parameters.Add(grid => grid.Servers,
        [
            new ServerSample(new ServerInfo { Id = "a", Epoch = 1, Unreachable = [unreachable] }, default),
            new ServerSample(new ServerInfo { Id = "b", Epoch = 1 }, default),
        ]));
        Assert.Equal(["cannot reach b", "not reachable from a"], grid.FindAll("td .sub.bad").Select(text => text.TextContent));
        Assert.Equal("http://b:8080: connection refused", grid.FindAll("td .sub.bad")[1].GetAttribute("title"));
    }

    [Theory]
    [InlineData(AdminRoles.Operator, ServerState.Up, "Drain a")]
    [InlineData(AdminRoles.Operator, ServerState.Draining, "Resume a")]
    [InlineData(AdminRoles.Operator, ServerState.Dead, null)]
    [InlineData(AdminRoles.Reader, ServerState.Up, null)]
    public void ServerGrid_RoleAndState_ShowsAllowedAction(string role, ServerState state, string? expected)
    {
        AddAuthorization().SetAuthorized("user").SetRoles(role);
        var grid = Render<ServerGrid>(parameters => parameters.Add(grid => grid.Servers,
            [new ServerSample(new ServerInfo { Id = "a", Epoch = 1, State = state }, default)]));
        Assert.Equal(expected, grid.FindAll("fluent-button").SingleOrDefault()?.GetAttribute("aria-label"));
    }

    [Theory]
    [InlineData("stream-x7k2m", "http://localhost:8082/structuredlogs/resource/stream-x7k2m")]
    [InlineData("a/b ?", "http://localhost:8082/structuredlogs/resource/a%2Fb%20%3F")]
    [InlineData(null, null)]
    public void ServerGrid_TelemetryName_LinksToLogs(string? telemetry, string? expected)
    {
        AddAuthorization();
        var grid = Render<ServerGrid>(parameters => parameters.Add(grid => grid.Servers,
            [new ServerSample(new ServerInfo { Id = "a", Epoch = 1, Telemetry = telemetry }, default)]));
        Assert.Equal(expected, grid.FindAll("a.sub").SingleOrDefault()?.GetAttribute("href"));
    }

    [Fact]
    public void ServerGrid_Deliveries_ShowsP99OrDash()
    {
        AddAuthorization();
        var grid = Render<ServerGrid>(parameters => parameters.Add(grid => grid.Servers,
        [
            new ServerSample(new ServerInfo { Id = "a", Epoch = 1, Deliveries = 5, DeliveryMedianMilliseconds = 0.5, DeliveryP99Milliseconds = 12.4 }, default),
            new ServerSample(new ServerInfo { Id = "b", Epoch = 1 }, default),
        ]));
        Assert.Contains("12 ms", grid.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("–", grid.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegistryState.Consistent, "Registry consistent")]
    [InlineData(RegistryState.Mismatch, "Registry mismatch")]
    [InlineData(RegistryState.Failed, "Registry check failed")]
    public void RegistryBadge_Comparison_ShowsResultAndTime(RegistryState state, string expected)
    {
        var badge = Render<RegistryBadge>(parameters => parameters.Add(
            badge => badge.Registry, new RegistrySnapshot(state, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), default, null, null)));
        Assert.Contains(expected, badge.Markup, StringComparison.Ordinal);
        Assert.Contains("03:04:05", badge.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void AuditGrid_RefusedAction_ShowsUserAndOutcome()
    {
        var grid = Render<AuditGrid>(parameters => parameters.Add(
            grid => grid.Entries, [new AuditEntry(DateTimeOffset.UnixEpoch, "reader 4f2a", "drain", "server a", "Refused", "<b>This login is read-only.</b>")]));
        Assert.Equal(["00:00:00", "reader 4f2a", "drain", "server a", "Refused", "<b>This login is read-only.</b>"], grid.FindAll("tbody td").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void AccountGrid_EmptyName_LinksToTheAccount() => Assert.Equal("accounts/named", Accounts(new AccountInfo("", 1, ["a"])).WaitForElement("a").GetAttribute("href"));

    [Fact]
    public void AccountGrid_NoConnections_ShowsServerDown() =>
        Assert.Equal("server down", Accounts(new AccountInfo("acme", 0, [])).WaitForElement("tbody .muted").TextContent);

    [Fact]
    public async Task MessageForm_ArgumentsNotAnArray_AreNotSent()
    {
        var sent = 0;
        var form = Render<MessageForm>(parameters => parameters
            .Add(form => form.Action, "Send")
            .Add(form => form.OnSend, EventCallback.Factory.Create<Message>(this, _ => sent++)));
        await form.InvokeAsync(() => form.FindComponent<FluentTextInput>().Instance.ValueChanged.InvokeAsync("chat"));
        await form.InvokeAsync(() => form.FindComponent<FluentTextArea>().Instance.ValueChanged.InvokeAsync("{}"));
        Assert.Contains("not an object", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await form.Find("form").SubmitAsync();
        Assert.Equal(0, sent);
        await form.InvokeAsync(() => form.FindComponent<FluentTextArea>().Instance.ValueChanged.InvokeAsync("[1]"));
        await form.Find("form").SubmitAsync();
        Assert.Equal(1, sent);
    }

    [Fact]
    public void ReportBar_SendResult_ShowsCounts() => Assert.Contains(
        "3 connections · 2 servers · 1 unreachable",
        Render<ActionReportBar>(parameters => parameters.Add(bar => bar.Report, new ActionReport(
            ActionOutcome.Partly, "Sent", new SendResult { Connections = 3, Servers = 2, Unreachable = ["b"] }))).Markup,
        StringComparison.Ordinal);

    private IRenderedComponent<AccountGrid> Accounts(AccountInfo account) => Render<AccountGrid>(parameters => parameters.Add(
        grid => grid.Provide, _ => ValueTask.FromResult(GridItemsProviderResult.From([account], 1))));
}
