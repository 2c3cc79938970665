using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>The pages in a browser, as an operator uses them.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
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
        await UntilAsync(() => _host.Services.GetRequiredService<RegistryMonitor>().Watching == 0);
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
        await UntilAsync(() => _cluster.Audit.Any(entry => entry is { What: "drain", Target: "server stream-2-b01c" }));
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
    public async Task Account_Shown_SaysHowItsConnectionsAreAtThisMoment()
    {
        var page = await OpenAsync("/accounts/acme-001");
        await _host.TickAsync();
        await Expect(page.GetByTitle(new Regex("packets?$")).First).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync(" ago");
    }

    [ChromiumFact]
    public async Task Account_OfAServerThatDoesNotAnswer_IsShownWithoutWhatOnlyThatKnows()
    {
        _cluster.Connect("solo", "silent-server");
        var page = await OpenAsync("/accounts/solo");
        await _host.TickAsync();
        await Expect(page.GetByText("silent-server")).ToBeVisibleAsync();
        await Expect(page.GetByTitle("Its server has not said so")).ToHaveCountAsync(2);
    }

    [ChromiumFact]
    public async Task Accounts_AClientConnects_ItsRowAppears()
    {
        var page = await OpenAsync("/accounts?q=brand-new");
        await Expect(page.GetByText("No account begins with “brand-new”")).ToBeVisibleAsync();
        _cluster.Connect("brand-new-1", "stream-1-7f3a");
        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "brand-new-1" })).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Accounts_SlashAndAPrefix_SearchOnTheServer()
    {
        var page = await OpenAsync("/accounts");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("wonka-01");
        await TickUntilAsync(page.GetByRole(AriaRole.Link, new() { Name = "wonka-010" }));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Uri(_host.Address, "/accounts?q=wonka-01").ToString());
    }

    [ChromiumFact]
    public async Task Errors_FiltersCleared_EmptyTheField()
    {
        Scenery.Break(_cluster, _host.Time);
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        await TickUntilAsync(page.GetByText("wonka-002"));
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("tyrell");
        await TickUntilAsync(page.GetByText("Clear filters"));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByText("Clear filters").ClickAsync();
        await Expect(page.GetByText("wonka-002")).ToBeVisibleAsync();
        Assert.Equal("", await page.Locator("[data-search]").EvaluateAsync<string>("field => field.value ?? ''"));
    }

    [ChromiumFact]
    public async Task Accounts_NextPage_GoesOnWhereTheFirstEnded()
    {
        var page = await OpenAsync("/accounts");
        await page.GetByText("Next page").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme-001" })).ToHaveCountAsync(0);
        await Expect(page.GetByText("100 accounts shown")).ToBeVisibleAsync();
        Assert.Contains("after=", page.Url, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Account_WithAnArbitraryName_CanBeOpenedFromTheList()
    {
        foreach (var name in new[] { "~a/b c?d#e", "~100%", "~<b>&amp;", "~..\\grüße" })
        {
            _cluster.Connect(name, "stream-1-7f3a");
        }

        var page = await OpenAsync("/accounts?q=~");
        foreach (var name in new[] { "~a/b c?d#e", "~100%", "~<b>&amp;", "~..\\grüße" })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
            await Expect(page.GetByText("1 connection", new() { Exact = true })).ToBeVisibleAsync();
            await page.ReloadAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
            await page.GotoAsync("/accounts?q=~");
        }
    }

    [ChromiumFact]
    public async Task Account_SendAMessage_ShowsWhatItReached()
    {
        _cluster.Answer = _ => new SendResult { Connections = 1, Servers = 1, Unreachable = ["stream-2-b01c"] };
        var page = await OpenAsync("/accounts/acme-001");
        await Field(page, "Event").FillAsync("chat");
        await Field(page, "Arguments").FillAsync("""["hello"]""");
        await Button(page, "Send").ClickAsync();
        await Expect(page.GetByText("Not reached: stream-2-b01c")).ToBeVisibleAsync();
        Assert.Equal("send acme-001 chat [hello]", Assert.Single(_cluster.Done));
    }

    [ChromiumFact]
    public async Task Account_Disconnect_AsksFirst()
    {
        _cluster.Connect("solo", "stream-1-7f3a");
        var page = await OpenAsync("/accounts/solo");
        await Button(page, "Disconnect all").ClickAsync();
        await Answer(page, "Cancel").ClickAsync();
        Assert.Empty(_cluster.Done);
        await Button(page, "Disconnect all").ClickAsync();
        await Answer(page, "Disconnect all").ClickAsync();
        await Expect(page.GetByText("Not connected")).ToBeVisibleAsync();
        Assert.Equal("disconnect solo", Assert.Single(_cluster.Done));
        await page.GotoAsync("/audit");
        await Expect(page.GetByText("disconnect all")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Account_ReadOnly_CanLookButNotAct()
    {
        var page = await browser.LogInAsync(_host, "/accounts/acme-001", AdminHost.ReadOnlyToken);
        await Expect(page.GetByText("stream-").First).ToBeVisibleAsync();
        await Expect(Button(page, "Disconnect")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Event")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Errors_OneIsRaised_AppearsAndSurvivesAReload()
    {
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        Scenery.Raise(_cluster, _host.Time, 0, ErrorNames.Json, "acme-017", 0, ["{\"broken\":<img src=x onerror=\"document.title='owned'\">"]);
        await TickUntilAsync(page.GetByText("{\"broken\":<img src=x"));
        await page.ReloadAsync();
        await TickUntilAsync(page.GetByText("{\"broken\":<img src=x"));
        await Expect(page).ToHaveTitleAsync("Errors · Scaler");
    }

    [ChromiumFact]
    public async Task Errors_Filters_AreInTheUrl()
    {
        Scenery.Break(_cluster, _host.Time);
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        await TickUntilAsync(page.GetByText("wonka-002"));
        await page.GetByRole(AriaRole.Link, new() { Name = "handler" }).ClickAsync();
        await Expect(page.GetByText("the order service did not answer")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("type=error%3A%3Ahandler", page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [ChromiumFact]
    public async Task Errors_Paused_StandStillAndCountTheNew()
    {
        Scenery.Raise(_cluster, _host.Time, 5, ErrorNames.Json, "first", 0, ["{"]);
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        await TickUntilAsync(page.Locator("tbody tr"));
        await Button(page, "Pause").ClickAsync();
        await Expect(Button(page, "Go on")).ToBeVisibleAsync();
        Scenery.Raise(_cluster, _host.Time, 0, ErrorNames.Json, "second", 0, ["{"]);
        await TickUntilAsync(Button(page, "Go on (1 new)"));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Button(page, "Go on").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
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
        await UntilAsync(() => _host.Monitor.Watching == 0 && _host.Feed.Watching == 0);
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

    private Task UntilWatchedAsync() => UntilAsync(() => _cluster.Watching > 0);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "It did not come to be in time.");
            await Task.Yield();
        }
    }
}
