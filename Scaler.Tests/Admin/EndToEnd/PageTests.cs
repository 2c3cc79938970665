using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>Tests the pages in a browser.</summary>
public sealed partial class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private AdminHost _host = null!;
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(time => _cluster = SampleCluster.CreateHealthy(time));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [ChromiumFact]
    public async Task Overview_ServerDies_ShowsFindingWithoutReload()
    {
        var page = await OpenAsync("/");
        await _host.TickAsync();
        await Expect(page.GetByText("No problems found")).ToBeVisibleAsync();
        SampleCluster.SimulateFailures(_cluster, _host.Time);
        await _host.TickAsync();
        await Expect(page.GetByText("Server stream-3-5d9e is down: its lease has expired")).ToBeVisibleAsync();
        await Expect(page).ToHaveTitleAsync(new Regex(@"^\([2-9]!\) Scaler$"));
    }

    [ChromiumFact]
    public async Task Servers_Sampled_ShowsAllServers()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(4);
        await Expect(page.GetByText("http://10.0.4.12:8080")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Servers_CheckNow_ShowsServersWithMismatch()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByText("Registry consistent")).ToBeVisibleAsync();
        SampleCluster.SimulateFailures(_cluster, _host.Time);
        await Button(page, "Check now").ClickAsync();
        await Expect(page.GetByText("did not respond; the registry lists 287.")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Overview_Open_ChecksTheRegistryPeriodically()
    {
        var page = await OpenAsync("/");
        await TickUntilAsync(page.GetByText("Registry consistent"));
        _cluster.CheckResult = new RegistryCheck([new ServerCheck("stream-1-7f3a", 280, 250, false)]);
        await TickUntilAsync(page.GetByText("Registry mismatch"));
        await Expect(page.GetByText("The registry does not match the connections of stream-1-7f3a")).ToBeVisibleAsync();
        await page.GotoAsync("about:blank");
        await Deadline.WaitUntilAsync(() => _host.Services.GetRequiredService<RegistryMonitor>().WatcherCount == 0);
    }

    [ChromiumFact]
    public async Task Servers_Drain_RequiresConfirmationAndCanBeResumed()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Button(page, "Drain stream-2-b01c").ClickAsync();
        await Expect(page.GetByText("Clients reconnect to the other 2 servers.")).ToBeVisibleAsync();
        Assert.Empty(_cluster.PerformedActions);
        await DialogButton(page, "Drain").ClickAsync();
        await Expect(page.GetByText("stream-2-b01c: The server accepts no new clients")).ToBeVisibleAsync();
        await _host.TickAsync();
        await Expect(page.GetByText("Draining", new() { Exact = true })).ToBeVisibleAsync();
        await Button(page, "Resume stream-2-b01c").ClickAsync();
        await Expect(page.GetByText("stream-2-b01c: The server accepts clients again.")).ToBeVisibleAsync();
        Assert.Equal(["drain stream-2-b01c", "resume stream-2-b01c"], _cluster.PerformedActions);
        await Deadline.WaitUntilAsync(() => _cluster.Audit.Any(entry => entry is { What: "drain", Target: "server stream-2-b01c" }));
    }

    [ChromiumFact]
    public async Task Servers_ReadOnlyLogin_ShowsNoDrainButton()
    {
        var page = await browser.LogInAsync(_host, "/servers", AdminHost.ReadOnlyToken);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await _host.TickAsync();
        await Expect(page.GetByText("stream-2-b01c")).ToBeVisibleAsync();
        await Expect(Button(page, "Drain stream-2-b01c")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Broadcast_ToAll_RequiresConfirmation()
    {
        var page = await OpenAsync("/broadcast");
        await _host.TickAsync();
        await page.Locator("fluent-radio").Nth(1).ClickAsync();
        await Field(page, "Event").FillAsync("maintenance");
        await Button(page, "Send to all").ClickAsync();
        await Expect(page.GetByText("This can't be undone")).ToBeVisibleAsync();
        Assert.Empty(_cluster.PerformedActions);
        await DialogButton(page, "Send to all").ClickAsync();
        await Expect(page.GetByText(new Regex("^Sent to"))).ToBeVisibleAsync();
        Assert.Equal("broadcast maintenance []", Assert.Single(_cluster.PerformedActions));
    }

    [ChromiumFact]
    public async Task AnyPage_RedisOutage_ShowsItsStartAndRecovers()
    {
        var page = await OpenAsync("/accounts");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToBeVisibleAsync();
        await _host.TickAsync();
        _cluster.Outage = "It was not possible to connect";
        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Redis has not responded since");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToBeVisibleAsync();
        _cluster.Outage = null;
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task AnyPage_RedisUnavailableAtStart_ShowsIt()
    {
        _cluster.Outage = "It was not possible to connect";
        var page = await OpenAsync("/accounts");
        await Expect(page.GetByText("Accounts are unavailable")).ToBeVisibleAsync();
        await page.GotoAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByText("Servers are unavailable")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task AnyPage_Left_StopsWatching()
    {
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        Assert.True(_host.Monitor.WatcherCount > 0);

        // Navigating away closes the circuit at once. A killed browser does not, and its circuit expires minutes later.
        await page.GotoAsync("about:blank");
        await Deadline.WaitUntilAsync(() => _host.Monitor.WatcherCount == 0 && _host.Feed.WatcherCount == 0);
    }

    [ChromiumFact]
    public async Task Theme_Switched_SurvivesReload()
    {
        var page = await OpenAsync("/");
        await Button(page, "Switch between dark and light theme").ClickAsync();
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-theme", "dark");
    }

    // Fluent UI elements expose their roles through ElementInternals, which Playwright does not read.
    private static ILocator Button(IPage page, string name) =>
        page.Locator($"main fluent-button:has-text(\"{name}\"), fluent-button[aria-label=\"{name}\"]");

    private static ILocator DialogButton(IPage page, string name) => page.Locator($"fluent-dialog fluent-button:has-text(\"{name}\")");

    private static ILocator Field(IPage page, string label) => page.GetByRole(AriaRole.Textbox, new() { Name = label });

    /// <summary>
    /// Advances the clock by up to 20 s until an element is visible. An error may be published one second after it is raised.
    /// </summary>
    private async Task TickUntilAsync(ILocator element)
    {
        for (var seconds = 0; seconds < 20 && !await element.IsVisibleAsync(); seconds++)
        {
            await _host.TickAsync();
        }

        await Expect(element).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await browser.LogInAsync(_host, path);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    private Task<TimeSpan> UntilWatchedAsync() => Deadline.WaitUntilAsync(() => _cluster.WatcherCount > 0);
}
