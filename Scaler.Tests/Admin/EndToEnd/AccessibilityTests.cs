using Deque.AxeCore.Playwright;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>What axe-core finds on the pages, light and dark: nothing serious.</summary>
public sealed class AccessibilityTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string[] Paths =
        ["/", "/servers", "/accounts", "/accounts/acme-017", "/errors", "/broadcast", "/audit", "/login"];

    [ChromiumFact]
    public async Task EveryPage_LightAndDark_HasNoSeriousFault()
    {
        FakeCluster cluster = null!;
        await using var host = await AdminHost.StartAsync(time => cluster = Scenery.Quiet(time));
        Scenery.Break(cluster, host.Time);
        var faults = new List<string>();
        foreach (var dark in new[] { false, true })
        {
            var page = await browser.LogInAsync(host, dark: dark);
            foreach (var path in Paths)
            {
                await page.GotoAsync(path);
                if (path != "/login")
                {
                    await page.Locator("[data-live]").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
                    await host.TickAsync();
                }

                var result = await page.RunAxe();
                faults.AddRange(result.Violations
                    .Where(violation => violation.Impact is "serious" or "critical")
                    .Select(violation => $"{path}{(dark ? " (dark)" : "")}: {violation.Id}: {violation.Nodes[0].Html} {violation.Nodes[0].Any.FirstOrDefault()?.Message} {violation.Nodes[0].Target}"));
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }
}
