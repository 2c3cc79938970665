using Microsoft.Extensions.DependencyInjection;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>
/// Creates screenshots of all pages in both themes and at two widths, if the environment variable SCALER_SCREENSHOTS names a
/// folder.
/// </summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    [ScreenshotFact]
    public async Task AllPages_ThemesAndWidths_AreCaptured()
    {
        var folder = Environment.GetEnvironmentVariable(ScreenshotFactAttribute.Folder)!;
        FakeCluster cluster = null!;
        Action<int> work = null!;
        await using var host = await AdminHost.StartAsync(time =>
        {
            cluster = SampleCluster.CreateHealthy(time);
            work = second => SampleCluster.SimulateTraffic(cluster, time, second);
            return cluster;
        }, settings: new Dictionary<string, string?> { ["Scaler:Admin:DashboardUrl"] = "http://localhost:8082" });
        var now = 0;
        for (; now < 150; now++)
        {
            work(now);
            await host.TickAsync();
        }

        await TakeAsync("quiet", ["/"]);
        SampleCluster.SimulateFailures(cluster, host.Time);
        cluster.GetSendResult = _ => new SendResult { Connections = 3, Servers = 2, Unreachable = ["stream-2-b01c"] };
        var actions = host.Services.GetRequiredService<ClusterActions>();
        var who = host.Services.GetRequiredService<AdminTokens>().CreateLogin(AdminHost.Token, "10.0.0.7")!;
        await actions.SendAsync(who, "acme-017", "notice", """["please update"]""");
        cluster.GetSendResult = null;
        await actions.BroadcastAsync(who, "maintenance", """[{"at":"04:00Z"}]""");
        await actions.DrainAsync(who, "stream-1-7f3a");
        await actions.ResumeAsync(who, "stream-1-7f3a");
        await actions.DisconnectAsync(host.Services.GetRequiredService<AdminTokens>().CreateLogin(AdminHost.ReadOnlyToken, "10.0.0.9")!, "acme-017");

        // Long enough for two registry checks.
        for (var second = 0; second < 15; second++)
        {
            work(now++);
            await host.TickAsync();
        }

        await TakeAsync("night", ["/", "/servers", "/accounts", "/accounts?q=acme", "/accounts/acme-017", "/accounts/nobody", "/errors", "/errors?type=error%3A%3Avalidation&account=x", "/broadcast", "/audit", "/login"]);
        cluster.Outage = "No connection is active/available to service this operation: PING; It was not possible to connect to the redis server(s)";
        await host.TickAsync();
        await TakeAsync("away", ["/", "/accounts"]);

        async Task TakeAsync(string name, string[] paths)
        {
            foreach (var (width, dark) in new[] { (1280, false), (1280, true), (400, false), (400, true) })
            {
                var page = await browser.LogInAsync(host, "/", width: width, dark: dark);
                foreach (var path in paths)
                {
                    await page.GotoAsync(path);
                    if (path != "/login")
                    {
                        await page.WaitForSelectorAsync("[data-live]", new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
                    }

                    work(now++);
                    await host.TickAsync();
                    await page.WaitForTimeoutAsync(700);
                    var file = (path == "/" ? "overview" : path.Trim('/').Replace('/', '-').Replace('?', '_').Replace("%3A", "", StringComparison.Ordinal)) + $"-{name}-{width}{(dark ? "-dark" : "")}.png";
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, file) });
                }

                await page.Context.CloseAsync();
            }
        }
    }
}
