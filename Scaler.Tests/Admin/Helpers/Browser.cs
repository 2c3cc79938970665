using Microsoft.Playwright;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>One chromium for the tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (File.Exists(ChromiumFactAttribute.Path))
        {
            // What is expected of a page is waited for as everything else is; by itself Playwright gives up after 5 s.
            Assertions.SetDefaultExpectTimeout((float)Deadline.Patience.TotalMilliseconds);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = ChromiumFactAttribute.Path,
                Args = ["--no-sandbox", "--disable-gpu"],
            });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A page without cookies.</summary>
    internal async Task<IPage> NewPageAsync(AdminHost host, int width = 1280, bool dark = false)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = host.Address.ToString(),
            ViewportSize = new() { Width = width, Height = 860 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        return await context.NewPageAsync();
    }

    /// <summary>A page of somebody who is logged in.</summary>
    internal async Task<IPage> LogInAsync(AdminHost host, string path = "/", string token = AdminHost.Token, int width = 1280, bool dark = false)
    {
        var page = await NewPageAsync(host, width, dark);
        await page.GotoAsync($"/login?t={token}&returnUrl={Uri.EscapeDataString(path)}");
        return page;
    }

    /// <summary>
    /// Opens a page and waits until it is live: what was drawn on the server before shows data already, but takes no click.
    /// </summary>
    internal static async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}
