using Deque.AxeCore.Playwright;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>What axe-core finds on the pages, light and dark, wide and narrow: nothing serious.</summary>
public sealed class AccessibilityTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string[] Paths =
        ["/", "/servers", "/accounts", "/accounts?at=stark-010", "/accounts/acme-017", "/errors", "/broadcast", "/audit", "/login"];

    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task EveryPage_HasNoSeriousFault_AndFitsItsWidth(int width, bool dark)
    {
        FakeCluster cluster = null!;
        await using var host = await AdminHost.StartAsync(time => cluster = Scenery.Quiet(time));
        Scenery.Break(cluster, host.Time);
        var faults = new List<string>();
        var page = await browser.LogInAsync(host, width: width, dark: dark);
        foreach (var path in Paths)
        {
            await page.GotoAsync(path);
            if (path != "/login")
            {
                await page.Locator("[data-live]").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
                await host.TickAsync();
            }

            if (path.StartsWith("/accounts", StringComparison.Ordinal))
            {
                await page.Locator("tbody a, tbody fluent-button").First.WaitForAsync();
            }

            faults.AddRange((await FaultsAsync(page)).Select(fault => $"{path}: {fault}"));
            var needed = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
            if (needed > width)
            {
                faults.Add($"{path}: is {needed} pixels wide");
            }
        }

        cluster.Outage = "It was not possible to connect";
        foreach (var path in new[] { "/", "/servers", "/audit" })
        {
            await page.GotoAsync(path);
            await page.Locator("[data-live]").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
            await host.TickAsync();
            await page.GetByRole(Microsoft.Playwright.AriaRole.Alert).First.WaitForAsync();
            faults.AddRange((await FaultsAsync(page)).Select(fault => $"{path} while Redis is unavailable: {fault}"));
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    /// <summary>
    /// What is wrong with a page at rest. While colours still change, what is measured is a moment between two of them; so
    /// transitions are waited for, and a fault counts that is there each time.
    /// </summary>
    private static async Task<List<string>> FaultsAsync(Microsoft.Playwright.IPage page)
    {
        var faults = new List<string>();
        for (var look = 0; look < 4; look++)
        {
            await page.EvaluateAsync(
                "() => Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).map(a => a.finished.catch(() => {})))");
            var result = await page.RunAxe();
            faults = [.. result.Violations
                .Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{violation.Id}: {violation.Nodes[0].Html} {violation.Nodes[0].Any.FirstOrDefault()?.Message} {violation.Nodes[0].Target}")];
            if (faults.Count == 0)
            {
                break;
            }
        }

        return faults;
    }
}
