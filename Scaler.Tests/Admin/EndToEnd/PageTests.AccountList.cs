using Microsoft.Playwright;
using Scaler.Tests.Admin.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

public sealed partial class PageTests
{
    [ChromiumFact]
    public async Task Accounts_ClientConnects_RowAppears()
    {
        var page = await OpenAsync("/accounts?q=brand-new");
        await Expect(page.GetByText("No accounts start with “brand-new”")).ToBeVisibleAsync();
        _cluster.Connect("brand-new-1", "stream-1-7f3a");
        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "brand-new-1" })).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Accounts_SlashAndPrefixTyped_SearchesOnTheServer()
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
    public async Task Accounts_Scrolled_UrlRestoresThePosition()
    {
        var page = await OpenAsync("/accounts");
        await Expect(Account(page, "acme-001")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-rowcount", "341");
        await Region(page).EvaluateAsync("region => region.scrollTop = 184 * 35");
        await Expect(Account(page, "stark-016")).ToBeInViewportAsync();
        await Expect(Account(page, "acme-001")).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/accounts\?at=stark-01\d$"));

        await page.ReloadAsync();
        await Expect(Account(page, "stark-016")).ToBeInViewportAsync();
        await Account(page, "stark-016").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("stark-016");
        await page.GoBackAsync();
        await Expect(Account(page, "stark-016")).ToBeInViewportAsync();
        await page.Locator(".side a:has-text('Accounts')").ClickAsync();
        await Expect(Account(page, "acme-001")).ToBeInViewportAsync();
    }

    [ChromiumFact]
    public async Task Accounts_Keyboard_ReachesTheEndAndOpensAnAccount()
    {
        var page = await OpenAsync("/accounts");
        await Expect(Account(page, "acme-001")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.PressAsync("Tab");
        await Expect(Region(page)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(Account(page, "wonka-028")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(Account(page, "acme-001")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(Account(page, "acme-001")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("acme-001");
    }

    [ChromiumFact]
    public async Task Accounts_AddedAboveTheVisibleRows_DoNotMoveThem()
    {
        var page = await OpenAsync("/accounts?at=stark-010");
        await Expect(Account(page, "stark-010")).ToBeInViewportAsync();
        var before = await Account(page, "stark-010").BoundingBoxAsync();
        for (var i = 0; i < 40; i++)
        {
            _cluster.Connect($"aaa-{i:00}", "stream-1-7f3a");
        }

        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(page.GetByText("380 connected")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-rowcount", "381");
        Assert.Equal(before!.Y, (await Account(page, "stark-010").BoundingBoxAsync())!.Y);
    }

    [ChromiumFact]
    public async Task Accounts_ScrolledAnywhere_RowCountAndHeightStayTheSame()
    {
        var page = await OpenAsync("/accounts");
        await Expect(Account(page, "acme-001")).ToBeVisibleAsync();

        // Record every rendered state, however brief. The table derives the row height from it, possibly with a delay. If the
        // number of rows varied, the height would change and the table would no longer be scrolled to its end.
        await Region(page).EvaluateAsync("""
            region => {
              const look = () => region.drawn.add(`${region.querySelectorAll('tbody tr').length} rows, ${region.scrollHeight}px`);
              region.drawn = new Set();
              look();
              new MutationObserver(look).observe(region, { subtree: true, childList: true, attributes: true });
              region.scrollTop = 40 * 35;
            }
            """);
        await Expect(Account(page, "cyberdyne-027")).ToBeInViewportAsync();
        await Region(page).PressAsync("End");
        await Expect(Account(page, "wonka-028")).ToBeInViewportAsync();
        await Region(page).PressAsync("Home");
        await Expect(Account(page, "acme-001")).ToBeInViewportAsync();
        Assert.Single(await Region(page).EvaluateAsync<string[]>("region => [...region.drawn]"));
    }

    [ChromiumFact]
    public async Task Accounts_OneMillion_ScrollToTheLast()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var page = await OpenAsync("/accounts");
        await Expect(Account(page, "!0000000")).ToBeVisibleAsync();
        await Region(page).PressAsync("End");
        await Expect(Account(page, "wonka-028")).ToBeInViewportAsync();

        // Scroll row by row from the end.
        await page.Mouse.MoveAsync(600, 500);
        await page.Mouse.WheelAsync(0, -340 * 35);
        await Expect(Account(page, "!0999999")).ToBeVisibleAsync();
        await Region(page).EvaluateAsync("region => region.scrollTop = region.scrollHeight / 2");
        await Expect(page.Locator("tbody a").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^!(0499|0500)\d{3}$"));
        await Region(page).PressAsync("Home");
        await Expect(Account(page, "!0000000")).ToBeInViewportAsync();
    }

    [ChromiumFact]
    public async Task Accounts_OneMillionOpenedNearTheTop_ShowTheAccountAndTheTop()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var page = await OpenAsync("/accounts?at=!0000042");
        await Expect(Account(page, "!0000042")).ToBeInViewportAsync();
        await Region(page).PressAsync("Home");
        await Expect(Account(page, "!0000000")).ToBeInViewportAsync();
    }

    [ChromiumFact]
    public async Task Accounts_RedisOutageDuringScrolling_RecoversAutomatically()
    {
        var page = await OpenAsync("/accounts");
        await Expect(Account(page, "acme-001")).ToBeVisibleAsync();
        _cluster.Outage = "It was not possible to connect";
        await Region(page).PressAsync("End");
        await Expect(page.Locator(".panel.stale")).ToBeVisibleAsync();
        _cluster.Outage = null;
        await _host.TickAsync();
        await _host.TickAsync();
        await Expect(Account(page, "wonka-028")).ToBeInViewportAsync();
        await Expect(page.Locator(".panel.stale")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Accounts_SearchDuringRedisOutage_HidesResultsOfThePreviousSearch()
    {
        var page = await OpenAsync("/accounts?q=acme");
        await Expect(Account(page, "acme-001")).ToBeVisibleAsync();
        _cluster.Outage = "It was not possible to connect";
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("-99");
        await Expect(page.GetByText("Accounts are unavailable")).ToBeVisibleAsync();
        await Expect(Account(page, "acme-001")).ToHaveCountAsync(0);
    }

    private static ILocator Account(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static ILocator Region(IPage page) => page.GetByRole(AriaRole.Region, new() { Name = "Accounts" });
}
