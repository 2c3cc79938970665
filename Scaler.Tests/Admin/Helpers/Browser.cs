using Microsoft.Playwright;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>Provides one Chromium process for the tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (File.Exists(ChromiumFactAttribute.Path))
        {
            // Use the deadline of the other tests. Playwright's default timeout is 5 s.
            Assertions.SetDefaultExpectTimeout((float)Deadline.DefaultTimeout.TotalMilliseconds);
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

    /// <summary>Opens a page without cookies.</summary>
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

    /// <summary>Opens a page and logs in with a token.</summary>
    internal async Task<IPage> LogInAsync(AdminHost host, string path = "/", string token = AdminHost.Token, int width = 1280, bool dark = false)
    {
        var page = await NewPageAsync(host, width, dark);
        await page.GotoAsync($"/login?t={token}&returnUrl={Uri.EscapeDataString(path)}");
        return page;
    }

    /// <summary>
    /// Opens a page and waits until it is interactive. A prerendered page shows data already, but ignores clicks.
    /// </summary>
    internal static async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}
