using Garnet;
using Microsoft.Playwright;
using Scaler.Admin.Services.Cluster;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;
using StackExchange.Redis;
using static Microsoft.Playwright.Assertions;

namespace Scaler.Tests.Admin.EndToEnd;

/// <summary>Tests the dashboard with running Stream processes and an embedded Redis server (Garnet).</summary>
public sealed class RealClusterTests(Browser browser) : IClassFixture<Browser>
{
    [ChromiumFact]
    public async Task Dashboard_TwoServers_ShowsClientsAndErrorsAndPerformsActions()
    {
        var port = FreePorts.GetFreePort();
        using var garnet = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
        garnet.Start();
        await using var first = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var second = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        await using var cluster = new ScalerCluster(redis);
        await using var host = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var page = await browser.LogInAsync(host);
        await Browser.OpenAsync(page, "/accounts/acme");

        // Connected clients appear.
        await Expect(page.GetByText("Not connected")).ToBeVisibleAsync();
        await using var here = await TestClient.ConnectAsync(first.Url, "acme");
        await using var there = await TestClient.ConnectAsync(second.Url, "acme", polling: true);
        await ExpectVisibleAsync(page.GetByText("2 connections"));
        await ExpectVisibleAsync(page.GetByText(" ago").Nth(1));
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "websocket" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "polling" })).ToBeVisibleAsync();

        // An invalid message raises an error.
        await here.SendAsync("{\"broken\":");
        await ExpectVisibleAsync(page.GetByText("error::json"));

        // A message sent from the dashboard reaches both clients.
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Event" }).FillAsync("notice");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Arguments" }).FillAsync("""["hello",{"a":1}]""");
        await page.Locator("fluent-button:has-text(\"Send\")").ClickAsync();
        await Expect(page.GetByText("Sent to 2 connections on 2 servers.")).ToBeVisibleAsync();
        Assert.Equal("""{"event":"notice","args":["hello",{"a":1}]}""", await here.ReadMessageAsync());
        Assert.Equal("""{"event":"notice","args":["hello",{"a":1}]}""", await there.ReadMessageAsync());

        // The servers are listed, and the registry is consistent.
        await Browser.OpenAsync(page, "/servers");
        await ExpectVisibleAsync(page.GetByText(first.Url));
        await page.Locator("fluent-button:has-text(\"Check now\")").ClickAsync();
        await Expect(page.GetByText("Registry consistent")).ToBeVisibleAsync();

        // The error survives a page change, and Disconnect all closes both clients.
        await Browser.OpenAsync(page, "/errors");
        await ExpectVisibleAsync(page.GetByText("{\"broken\":"));
        await Browser.OpenAsync(page, "/accounts/acme");
        await ExpectVisibleAsync(page.GetByText("2 connections"));
        await page.Locator("fluent-button:has-text(\"Disconnect all\")").ClickAsync();
        await page.Locator("fluent-dialog fluent-button:has-text(\"Disconnect all\")").ClickAsync();
        await here.Closed.WithTimeout("the close of a client");
        await there.Closed.WithTimeout("the close of a client");
        await ExpectVisibleAsync(page.GetByText("Not connected"));

        // A drained server closes its clients and reports itself as not ready. The audit log survives the dashboard.
        await using var stays = await TestClient.ConnectAsync(first.Url, "acme");
        await using var leaves = await TestClient.ConnectAsync(second.Url, "acme");
        var drained = (await cluster.GetServersAsync()).Single(server => server.Url == second.Url).Id;
        await Browser.OpenAsync(page, "/servers");
        await ExpectVisibleAsync(page.Locator($"fluent-button[aria-label=\"Drain {drained}\"]"));
        await page.Locator($"fluent-button[aria-label=\"Drain {drained}\"]").ClickAsync();
        await page.Locator("fluent-dialog fluent-button:has-text(\"Drain\")").ClickAsync();
        await leaves.Closed.WithTimeout("the close of the drained server's client");
        await ExpectVisibleAsync(page.GetByText("Drained", new() { Exact = true }));
        Assert.False(stays.Closed.IsCompleted);
        using var http = new HttpClient();
        using var health = await http.GetAsync(new Uri($"{second.Url}/health"));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, health.StatusCode);
        await Deadline.WaitUntilAsync(async () => (await cluster.GetAuditAsync()).Any(entry => entry.What == "drain" && entry.Target == $"server {drained}"));
        await using var later = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var again = await browser.LogInAsync(later);
        await Browser.OpenAsync(again, "/audit");
        await ExpectVisibleAsync(again.GetByText($"server {drained}"));
    }

    [ChromiumFact]
    public async Task Dashboard_RedisRestarts_RecoversAndMarksMissedErrorsAsLate()
    {
        var port = FreePorts.GetFreePort();
        var garnet = Start(port);
        await using var stream = await StreamProcess.StartAsync($"127.0.0.1:{port}");
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false");
        await using var cluster = new ScalerCluster(redis);
        await using var host = await AdminHost.StartAsync(_ => new ClusterView(cluster), TimeProvider.System);
        var page = await browser.LogInAsync(host, "/errors");
        await page.Locator("[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await using var client = await TestClient.ConnectAsync(stream.Url, "acme");
        await ExpectVisibleAsync(page.GetByText("No errors"));

        garnet.Dispose();
        await ExpectVisibleAsync(page.GetByText("Redis has not responded since"));
        var before = TimeProvider.System.GetUtcNow();
        await client.SendAsync("{\"while\":\"away");
        await client.SendAsync("""{"event":"echo","args":["after it"]}""");
        await client.ReadMessageAsync();
        var after = TimeProvider.System.GetUtcNow();
        using var http = new HttpClient();
        Assert.Equal("Degraded", await http.GetStringAsync(new Uri(host.Address, "/health")));

        // Redis restarts empty. The server registers its clients again and publishes its errors.
        using var again = Start(port);
        await ExpectVisibleAsync(page.GetByText("{\"while\":\"away"));
        await Expect(page.GetByText("late", new() { Exact = true })).ToBeVisibleAsync();
        Assert.InRange((await cluster.GetRecentErrorsAsync()).Single(error => error.Name == ErrorNames.Json).At, before, after);
        await ExpectVisibleAsync(page.Locator("main:not(:has-text('Redis has not responded'))"));

        static GarnetServer Start(int port)
        {
            var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
            server.Start();
            return server;
        }
    }

    // The servers use the real clock, so the dashboard must too. A fake clock would time out its requests.
    private static Task ExpectVisibleAsync(ILocator element) => Expect(element.First).ToBeVisibleAsync();
}
