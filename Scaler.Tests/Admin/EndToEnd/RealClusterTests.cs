using Garnet;
using Microsoft.Playwright;
using Scaler.Admin.Services.Cluster;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;
using StackExchange.Redis;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>The dashboard over a running cluster: two Stream processes on one embedded Redis.</summary>
public sealed class RealClusterTests(Browser browser) : IClassFixture<Browser>
{
    [ChromiumFact]
    public async Task Dashboard_OverTwoServers_ShowsTheirClientsAndErrorsAndActs()
    {
        var port = Ports.Free();
        using var garnet = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
        garnet.Start();
        await using var first = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var second = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        await using var cluster = new ScalerCluster(redis);
        await using var host = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var page = await browser.LogInAsync(host);
        await Browser.OpenAsync(page, "/accounts/acme");

        // A client connects: its row appears.
        await Expect(page.GetByText("Not connected")).ToBeVisibleAsync();
        await using var here = await TestClient.ConnectAsync(first.Url, "acme");
        await using var there = await TestClient.ConnectAsync(second.Url, "acme", polling: true);
        await SeeAsync(page.GetByText("2 connections"));
        await SeeAsync(page.GetByText(" ago").Nth(1));
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "websocket" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "polling" })).ToBeVisibleAsync();

        // A bad message: its error appears.
        await here.SendAsync("{\"broken\":");
        await SeeAsync(page.GetByText("error::json"));

        // A message of the dashboard reaches both, and says so.
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Event" }).FillAsync("notice");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Arguments" }).FillAsync("""["hello",{"a":1}]""");
        await page.Locator("fluent-button:has-text(\"Send\")").ClickAsync();
        await Expect(page.GetByText("Sent to 2 connections on 2 servers.")).ToBeVisibleAsync();
        Assert.Equal("""{"event":"notice","args":["hello",{"a":1}]}""", await here.NextAsync());
        Assert.Equal("""{"event":"notice","args":["hello",{"a":1}]}""", await there.NextAsync());

        // The servers are there, and the registry has what they hold.
        await Browser.OpenAsync(page, "/servers");
        await SeeAsync(page.GetByText(first.Url));
        await page.Locator("fluent-button:has-text(\"Compare now\")").ClickAsync();
        await Expect(page.GetByText("Registry equals reality")).ToBeVisibleAsync();

        // The error survives a reload; the client that is disconnected is closed.
        await Browser.OpenAsync(page, "/errors");
        await SeeAsync(page.GetByText("{\"broken\":"));
        await Browser.OpenAsync(page, "/accounts/acme");
        await SeeAsync(page.GetByText("2 connections"));
        await page.Locator("fluent-button:has-text(\"Disconnect all\")").ClickAsync();
        await page.Locator("fluent-dialog fluent-button:has-text(\"Disconnect all\")").ClickAsync();
        await here.Closed.Within("the close of a client");
        await there.Closed.Within("the close of a client");
        await SeeAsync(page.GetByText("Not connected"));

        // A server that is drained closes its clients, takes no more and says so; what was done outlives the dashboard.
        await using var stays = await TestClient.ConnectAsync(first.Url, "acme");
        await using var leaves = await TestClient.ConnectAsync(second.Url, "acme");
        var drained = (await cluster.GetServersAsync()).Single(server => server.Url == second.Url).Id;
        await Browser.OpenAsync(page, "/servers");
        await SeeAsync(page.Locator($"fluent-button[aria-label=\"Drain {drained}\"]"));
        await page.Locator($"fluent-button[aria-label=\"Drain {drained}\"]").ClickAsync();
        await page.Locator("fluent-dialog fluent-button:has-text(\"Drain\")").ClickAsync();
        await leaves.Closed.Within("the close of the drained server's client");
        await SeeAsync(page.GetByText("Drained", new() { Exact = true }));
        Assert.False(stays.Closed.IsCompleted);
        using var http = new HttpClient();
        using var health = await http.GetAsync(new Uri($"{second.Url}/health"));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, health.StatusCode);
        await Deadline.Until(async () => (await cluster.GetAuditAsync()).Any(entry => entry.What == "drain" && entry.Target == $"server {drained}"));
        await using var later = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var again = await browser.LogInAsync(later);
        await Browser.OpenAsync(again, "/audit");
        await SeeAsync(again.GetByText($"server {drained}"));
    }

    [ChromiumFact]
    public async Task Dashboard_RedisStopsAndComesBack_SaysSo_GoesOnByItself_AndShowsWhatWasMissedAsLate()
    {
        var port = Ports.Free();
        var garnet = Start(port);
        await using var stream = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false");
        await using var cluster = new ScalerCluster(redis);
        await using var host = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var page = await browser.LogInAsync(host, "/errors");
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await using var client = await TestClient.ConnectAsync(stream.Url, "acme");
        await SeeAsync(page.GetByText("No errors"));

        garnet.Dispose();
        await SeeAsync(page.GetByText("Redis does not answer since"));
        var before = TimeProvider.System.GetUtcNow();
        await client.SendAsync("{\"while\":\"away");
        await client.SendAsync("""{"event":"echo","args":["after it"]}""");
        await client.NextAsync();
        var after = TimeProvider.System.GetUtcNow();
        using var http = new HttpClient();
        Assert.Equal("Degraded", await http.GetStringAsync(new Uri(host.Address, "/health")));

        // The dashboard comes back to an empty Redis; the server brings its clients and its errors.
        using var again = Start(port);
        await SeeAsync(page.GetByText("{\"while\":\"away"));
        await Expect(page.GetByText("late", new() { Exact = true })).ToBeVisibleAsync();
        Assert.InRange((await cluster.GetRecentErrorsAsync()).Single(error => error.Name == ErrorNames.Json).At, before, after);
        await SeeAsync(page.Locator("main:not(:has-text('Redis does not answer'))"));

        static GarnetServer Start(int port)
        {
            var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
            server.Start();
            return server;
        }
    }

    // A running cluster has a real clock, and so has the dashboard over it: a fake one would end its questions before they are answered.
    private static Task SeeAsync(ILocator seen) => Expect(seen.First).ToBeVisibleAsync();
}
