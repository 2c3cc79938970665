using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>The pages in a browser, as an operator uses them.</summary>
public sealed partial class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private AdminHost _host = null!;
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(time => _cluster = Scenery.Quiet(time));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [ChromiumFact]
    public async Task Overview_AServerDies_SaysSoWithoutAReload()
    {
        var page = await OpenAsync("/");
        await _host.TickAsync();
        await Expect(page.GetByText("Nothing is wrong")).ToBeVisibleAsync();
        Scenery.Break(_cluster, _host.Time);
        await _host.TickAsync();
        await Expect(page.GetByText("Server stream-3-5d9e is gone: its lease has ended")).ToBeVisibleAsync();
        await Expect(page).ToHaveTitleAsync(new Regex(@"^\([2-9]!\) Scaler$"));
    }

    [ChromiumFact]
    public async Task Servers_Sampled_ShowTheirState()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(4);
        await Expect(page.GetByText("http://10.0.4.12:8080")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Servers_Compare_SaysWhetherTheRegistryEqualsReality()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByText("Registry equals reality")).ToBeVisibleAsync();
        Scenery.Break(_cluster, _host.Time);
        await Button(page, "Compare now").ClickAsync();
        await Expect(page.GetByText("did not answer; the registry has 287.")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Overview_Badge_ComparesByItselfWhileSomebodyLooks()
    {
        var page = await OpenAsync("/");
        await TickUntilAsync(page.GetByText("Registry equals reality"));
        _cluster.Check = new RegistryCheck([new ServerCheck("stream-1-7f3a", 280, 250, false)]);
        await TickUntilAsync(page.GetByText("Registry differs from reality"));
        await Expect(page.GetByText("The registry differs from what stream-1-7f3a holds")).ToBeVisibleAsync();
        await page.GotoAsync("about:blank");
        await Deadline.Until(() => _host.Services.GetRequiredService<RegistryMonitor>().Watching == 0);
    }

    [ChromiumFact]
    public async Task Servers_Drain_AsksFirst_AndCanBeTakenBack()
    {
        var page = await OpenAsync("/servers");
        await _host.TickAsync();
        await Button(page, "Drain stream-2-b01c").ClickAsync();
        await Expect(page.GetByText("They connect again to the other 2 servers.")).ToBeVisibleAsync();
        Assert.Empty(_cluster.Done);
        await Answer(page, "Drain").ClickAsync();
        await Expect(page.GetByText("stream-2-b01c: It takes no new client")).ToBeVisibleAsync();
        await _host.TickAsync();
        await Expect(page.GetByText("Draining", new() { Exact = true })).ToBeVisibleAsync();
        await Button(page, "Resume stream-2-b01c").ClickAsync();
        await Expect(page.GetByText("stream-2-b01c: It takes clients again.")).ToBeVisibleAsync();
        Assert.Equal(["drain stream-2-b01c", "resume stream-2-b01c"], _cluster.Done);
        await Deadline.Until(() => _cluster.Audit.Any(entry => entry is { What: "drain", Target: "server stream-2-b01c" }));
    }

    [ChromiumFact]
    public async Task Servers_ReadOnly_CannotDrain()
    {
        var page = await browser.LogInAsync(_host, "/servers", AdminHost.ReadOnlyToken);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await _host.TickAsync();
        await Expect(page.GetByText("stream-2-b01c")).ToBeVisibleAsync();
        await Expect(Button(page, "Drain stream-2-b01c")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Broadcast_ToAll_AsksFirst()
    {
        var page = await OpenAsync("/broadcast");
        await _host.TickAsync();
        await page.Locator("fluent-radio").Nth(1).ClickAsync();
        await Field(page, "Event").FillAsync("maintenance");
        await Button(page, "Send to all").ClickAsync();
        await Expect(page.GetByText("It can't be taken back")).ToBeVisibleAsync();
        Assert.Empty(_cluster.Done);
        await Answer(page, "Send to all").ClickAsync();
        await Expect(page.GetByText("Sent to")).ToBeVisibleAsync();
        Assert.Equal("broadcast maintenance []", Assert.Single(_cluster.Done));
    }

    [ChromiumFact]
    public async Task AnyPage_RedisGoesAway_SaysSinceWhenAndRecoversByItself()
    {
        var page = await OpenAsync("/accounts");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToBeVisibleAsync();
        await _host.TickAsync();
        _cluster.Outage = "It was not possible to connect";
        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Redis does not answer since");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToBeVisibleAsync();
        _cluster.Outage = null;
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task AnyPage_RedisAwayFromTheStart_SaysSo()
    {
        _cluster.Outage = "It was not possible to connect";
        var page = await OpenAsync("/accounts");
        await Expect(page.GetByText("The accounts could not be read")).ToBeVisibleAsync();
        await page.GotoAsync("/servers");
        await _host.TickAsync();
        await Expect(page.GetByText("The servers are not known")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task AnyPage_IsLeft_NobodyWatchesAnyMore()
    {
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        Assert.True(_host.Monitor.Watching > 0);

        // As somebody who goes elsewhere: the page says goodbye. A browser that is killed does not, and is noticed minutes later.
        await page.GotoAsync("about:blank");
        await Deadline.Until(() => _host.Monitor.Watching == 0 && _host.Feed.Watching == 0);
    }

    [ChromiumFact]
    public async Task Theme_Switched_IsKept()
    {
        var page = await OpenAsync("/");
        await Button(page, "Dark or light").ClickAsync();
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-theme", "dark");
    }

    // The library's elements have their roles from the browser's internals, where Playwright does not look.
    private static ILocator Button(IPage page, string name) =>
        page.Locator($"main fluent-button:has-text(\"{name}\"), fluent-button[aria-label=\"{name}\"]");

    private static ILocator Answer(IPage page, string name) => page.Locator($"fluent-dialog fluent-button:has-text(\"{name}\")");

    private static ILocator Field(IPage page, string label) => page.GetByRole(AriaRole.Textbox, new() { Name = label });

    /// <summary>Lets seconds pass until something is seen: what is raised in one may be told in the next.</summary>
    private async Task TickUntilAsync(ILocator seen)
    {
        for (var seconds = 0; seconds < 20 && !await seen.IsVisibleAsync(); seconds++)
        {
            await _host.TickAsync();
        }

        await Expect(seen).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await browser.LogInAsync(_host, path);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    private Task<TimeSpan> UntilWatchedAsync() => Deadline.Until(() => _cluster.Watching > 0);
}
