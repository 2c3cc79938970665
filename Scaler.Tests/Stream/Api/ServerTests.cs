using System.Text.Json;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests of listing, draining and resuming servers through the HTTP API.</summary>
public sealed class ServerTests(Backends backends) : TwoApiHostsTests(backends)
{
    [Fact]
    public async Task List_TwoServers_DescribesBoth()
    {
        await using var client = await TestClient.ConnectAsync(Two.Url, "acme");
        await Deadline.WaitUntilAsync(async () => (await ServerAsync("two")).GetProperty("connections").GetInt32() == 1);

        Assert.Equal("up", (await ServerAsync("one")).GetProperty("state").GetString());
        Assert.Equal(0, (await ServerAsync("one")).GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task List_ServerAtAClosedPort_SaysWhichServersCannotReachIt()
    {
        var url = $"http://127.0.0.1:{FreePorts.GetFreePort()}";
        await One.Server.Cluster.Node.Servers.RenewAsync(
            new ServerInfo { Id = "three", Epoch = 1, Url = url }, TimeSpan.FromMinutes(5), join: true);

        foreach (var id in new[] { "one", "two" })
        {
            await Deadline.WaitUntilAsync(async () => (await ServerAsync(id)).GetProperty("unreachable").GetArrayLength() == 1);
            var unreachable = (await ServerAsync(id)).GetProperty("unreachable")[0];
            Assert.Equal(
                ("three", url, "connection refused"),
                (Read("id"), Read("url"), Read("reason")));
            Assert.True(unreachable.GetProperty("since").GetDateTimeOffset() <= TimeProvider.System.GetUtcNow());

            string? Read(string name) => unreachable.GetProperty(name).GetString();
        }
    }

    [Fact]
    public async Task Drain_ThroughTheOtherServer_ClosesClients_AndResumeAcceptsThemAgain()
    {
        await using var client = await TestClient.ConnectAsync(Two.Url, "acme");

        Assert.Equal(200, (await One.PostAsync("/api/servers/two/drain", "")).Status);
        await client.Closed.WithTimeout();
        Assert.Equal("draining", (await ServerAsync("two")).GetProperty("state").GetString());

        Assert.Equal(200, (await One.PostAsync("/api/servers/two/resume", "")).Status);
        await Deadline.WaitUntilAsync(async () => (await ServerAsync("two")).GetProperty("state").GetString() == "up");
        await using var again = await TestClient.ConnectAsync(Two.Url, "acme");
    }

    [Fact]
    public async Task Drain_UnknownServer_IsNotFound() =>
        (await One.PostAsync("/api/servers/three/drain", "")).AssertProblem(404, "No server with this id");

    private async Task<JsonElement> ServerAsync(string id) =>
        (await One.GetAsync("/api/servers")).Body.GetProperty("servers").EnumerateArray().Single(server => server.GetProperty("id").GetString() == id);
}
