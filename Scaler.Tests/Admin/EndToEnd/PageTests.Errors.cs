using Microsoft.Playwright;
using Scaler.Tests.Admin.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

public sealed partial class PageTests
{
    [ChromiumFact]
    public async Task Errors_FiltersCleared_ClearsTheSearchField()
    {
        SampleCluster.SimulateFailures(_cluster, _host.Time);
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
    public async Task Errors_ErrorRaised_AppearsAndSurvivesReload()
    {
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        SampleCluster.RaiseError(_cluster, _host.Time, 0, ErrorNames.Json, "acme-017", 0, ["{\"broken\":<img src=x onerror=\"document.title='owned'\">"]);
        await TickUntilAsync(page.GetByText("{\"broken\":<img src=x"));
        await page.ReloadAsync();
        await TickUntilAsync(page.GetByText("{\"broken\":<img src=x"));
        await Expect(page).ToHaveTitleAsync("Errors · Scaler");
    }

    [ChromiumFact]
    public async Task Errors_FilterSelected_IsInTheUrl()
    {
        SampleCluster.SimulateFailures(_cluster, _host.Time);
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
    public async Task Errors_Paused_KeepsTheListAndCountsNewErrors()
    {
        SampleCluster.RaiseError(_cluster, _host.Time, 5, ErrorNames.Json, "first", 0, ["{"]);
        var page = await OpenAsync("/errors");
        await UntilWatchedAsync();
        await TickUntilAsync(page.Locator("tbody tr"));
        await Button(page, "Pause").ClickAsync();
        await Expect(Button(page, "Resume")).ToBeVisibleAsync();
        SampleCluster.RaiseError(_cluster, _host.Time, 0, ErrorNames.Json, "second", 0, ["{"]);
        await TickUntilAsync(Button(page, "Resume (1 new)"));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Button(page, "Resume").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
    }
}
