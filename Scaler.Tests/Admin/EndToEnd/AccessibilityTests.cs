using Deque.AxeCore.Playwright;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>Checks the accessibility of all pages with axe-core, in both themes and at two widths.</summary>
public sealed class AccessibilityTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string[] Paths =
        ["/", "/servers", "/accounts", "/accounts?at=stark-010", "/accounts/acme-017", "/errors", "/broadcast", "/audit", "/login"];

    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task AllPages_ThemeAndWidth_HaveNoSeriousViolationAndFitTheWidth(int width, bool dark)
    {
        FakeCluster cluster = null!;
        await using var host = await AdminHost.StartAsync(time => cluster = SampleCluster.CreateHealthy(time));
        SampleCluster.SimulateFailures(cluster, host.Time);
        var violations = new List<string>();
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

            violations.AddRange((await ViolationsAsync(page)).Select(violation => $"{path}: {violation}"));
            var needed = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
            if (needed > width)
            {
                violations.Add($"{path}: is {needed} pixels wide");
            }
        }

        cluster.Outage = "It was not possible to connect";
        foreach (var path in new[] { "/", "/servers", "/audit" })
        {
            await page.GotoAsync(path);
            await page.Locator("[data-live]").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
            await host.TickAsync();
            await page.GetByRole(Microsoft.Playwright.AriaRole.Alert).First.WaitForAsync();
            violations.AddRange((await ViolationsAsync(page)).Select(violation => $"{path} without Redis: {violation}"));
        }

        Assert.True(violations.Count == 0, string.Join("\n", violations));
    }

    /// <summary>
    /// Returns the serious violations of a page. Contrast measured during a colour transition is wrong, so the method waits for
    /// animations to finish and retries up to four times.
    /// </summary>
    private static async Task<List<string>> ViolationsAsync(Microsoft.Playwright.IPage page)
    {
        var violations = new List<string>();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await page.EvaluateAsync(
                "() => Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).map(a => a.finished.catch(() => {})))");
            var result = await page.RunAxe();
            violations = [.. result.Violations
                .Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{violation.Id}: {violation.Nodes[0].Html} {violation.Nodes[0].Any.FirstOrDefault()?.Message} {violation.Nodes[0].Target}")];
            if (violations.Count == 0)
            {
                break;
            }
        }

        return violations;
    }
}
