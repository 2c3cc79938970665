using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using StackExchange.Redis;

namespace Scaler.Tests.Aspire;

/// <summary>What holds with Aspire's packages and with what stands in for them.</summary>
[Collection(AppHostCollection.Name)]
public sealed class AppHostTests(AppHostFixture fixture)
{
    // What the real one gives each replica of its own; all else is the same.
    private static readonly string[] OwnVariables = ["ASPNETCORE_URLS", "OTEL_RESOURCE_ATTRIBUTES"];

    private static readonly string?[] Alive = [KnownResourceStates.Running, KnownResourceStates.Stopping];

    [Theory]
    [InlineData("stream")]
    [InlineData("admin")]
    public async Task Health_ThroughTheEndpoint_IsOk(string resource)
    {
        using var client = fixture.App.CreateHttpClient(resource);

        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), AppHostFixture.Deadline());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Redis_ByItsConnectionString_AnswersPing()
    {
        var text = await fixture.App.GetConnectionStringAsync("redis", AppHostFixture.Deadline());

        await using var redis = await ConnectionMultiplexer.ConnectAsync(text!);

        Assert.True(await redis.GetDatabase().PingAsync() > TimeSpan.Zero);
    }

    [Fact]
    public async Task Replicas_OfStream_DifferInTheirUrlsOnly()
    {
        var replicas = await fixture.HealthyAsync("stream", AppHostFixture.Replicas, AppHostFixture.Deadline());

        var environments = replicas
            .Select(r => r.Snapshot.EnvironmentVariables.Where(v => v.IsFromSpec).ToDictionary(v => v.Name, v => v.Value)).ToList();
        Assert.Equal(AppHostFixture.Replicas, environments.Select(e => e["ASPNETCORE_URLS"]).Distinct().Count());
        Assert.All(environments, e => Assert.Equal("Development", e["ASPNETCORE_ENVIRONMENT"]));
        Assert.All(environments, e => Assert.StartsWith("127.0.0.1:", e["ConnectionStrings__redis"], StringComparison.Ordinal));
        Assert.All(environments, e => Assert.True(e["Scaler__Cluster__Secret"]!.Length >= 40));
        foreach (var own in OwnVariables) environments.ForEach(e => e.Remove(own));
        Assert.All(environments, e => Assert.Equal(environments[0], e));
    }

    [Fact]
    public async Task Admin_KnowsWhereStreamIs()
    {
        var admin = (await fixture.HealthyAsync("admin", 1, AppHostFixture.Deadline())).Single();

        var url = admin.Snapshot.EnvironmentVariables.Single(v => v.Name == "services__stream__http__0").Value;

        Assert.Equal(fixture.App.GetEndpoint("stream"), new Uri(url!));
    }

    [Fact]
    public async Task Replica_StoppedAndStarted_TheEndpointAnswersAllTheTime()
    {
        var deadline = AppHostFixture.Deadline();
        var replica = (await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline))[0].ResourceId;

        var stopped = await fixture.App.ResourceCommands.ExecuteCommandAsync(replica, KnownResourceCommands.StopCommand, deadline);
        Assert.True(stopped.Success, stopped.Message);
        await fixture.App.ResourceNotifications.WaitForResourceAsync(
            "stream", e => e.ResourceId == replica && !Alive.Contains(e.Snapshot.State?.Text), deadline);
        await AssertAnswersAsync(2 * AppHostFixture.Replicas, deadline);

        var started = await fixture.App.ResourceCommands.ExecuteCommandAsync(replica, KnownResourceCommands.StartCommand, deadline);
        Assert.True(started.Success, started.Message);
        await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline);
        await AssertAnswersAsync(2 * AppHostFixture.Replicas, deadline);
    }

    private async Task AssertAnswersAsync(int times, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            // A client of its own each time: the endpoint chooses a replica for each connection.
            using var client = fixture.App.CreateHttpClient("stream");
            client.DefaultRequestHeaders.ConnectionClose = true;
            using var response = await client.GetAsync(new Uri("/alive", UriKind.Relative), cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
