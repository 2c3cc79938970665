using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Scaler.Tests.Admin.Helpers;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

public sealed partial class PageTests
{
    [ChromiumFact]
    public async Task Account_Opened_ShowsActivityOfItsConnections()
    {
        var page = await OpenAsync("/accounts/acme-001");
        await _host.TickAsync();
        await Expect(page.GetByTitle(new Regex("packets?$")).First).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync(" ago");
    }

    [ChromiumFact]
    public async Task Account_ServerDoesNotRespond_ShowsConnectionWithoutActivity()
    {
        _cluster.Connect("solo", "silent-server");
        var page = await OpenAsync("/accounts/solo");
        await _host.TickAsync();
        await Expect(page.GetByText("silent-server")).ToBeVisibleAsync();
        await Expect(page.GetByTitle("Not reported by the server")).ToHaveCountAsync(2);
    }

    [ChromiumFact]
    public async Task Account_SpecialCharactersInName_OpensFromTheList()
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
    public async Task Account_SendMessage_ShowsUnreachedServer()
    {
        _cluster.GetSendResult = _ => new SendResult { Connections = 1, Servers = 1, Unreachable = ["stream-2-b01c"] };
        var page = await OpenAsync("/accounts/acme-001");
        await Field(page, "Event").FillAsync("chat");
        await Field(page, "Arguments").FillAsync("""["hello"]""");
        await Button(page, "Send").ClickAsync();
        await Expect(page.GetByText("Not reached: stream-2-b01c")).ToBeVisibleAsync();
        Assert.Equal("send acme-001 chat [hello]", Assert.Single(_cluster.PerformedActions));
    }

    [ChromiumFact]
    public async Task Account_Disconnect_RequiresConfirmation()
    {
        _cluster.Connect("solo", "stream-1-7f3a");
        var page = await OpenAsync("/accounts/solo");
        await Button(page, "Disconnect all").ClickAsync();
        await DialogButton(page, "Cancel").ClickAsync();
        Assert.Empty(_cluster.PerformedActions);
        await Button(page, "Disconnect all").ClickAsync();
        await DialogButton(page, "Disconnect all").ClickAsync();
        await Expect(page.GetByText("Not connected")).ToBeVisibleAsync();
        Assert.Equal("disconnect solo", Assert.Single(_cluster.PerformedActions));
        await page.GotoAsync("/audit");
        await Expect(page.GetByText("disconnect all")).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Account_ReadOnlyLogin_ShowsNoActions()
    {
        var page = await browser.LogInAsync(_host, "/accounts/acme-001", AdminHost.ReadOnlyToken);
        await Expect(page.GetByText("stream-").First).ToBeVisibleAsync();
        await Expect(Button(page, "Disconnect")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Event")).ToHaveCountAsync(0);
    }
}
