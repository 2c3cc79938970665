using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Scaler.AppHost;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Aspire;

/// <summary>Tests of the topology as <c>dotnet run --project Scaler.AppHost</c> starts it.</summary>
[Collection(AppHostCollection.Name)]
public sealed class AppHostTests(AppHostFixture fixture)
{
    // The variables that Aspire sets for each replica separately.
    private static readonly string[] OwnVariables = ["ASPNETCORE_URLS", "OTEL_RESOURCE_ATTRIBUTES"];

    private readonly RunningAppHost _running = fixture.Running;
    private readonly CancellationToken _deadline = RunningAppHost.Deadline();

    [Theory]
    [InlineData("stream")]
    [InlineData("admin")]
    public async Task Health_ThroughTheEndpoint_IsOk(string resource)
    {
        using var client = fixture.App.CreateHttpClient(resource);

        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), _deadline);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Redis_ByItsConnectionString_AnswersPing()
    {
        var text = await fixture.App.GetConnectionStringAsync("redis", _deadline);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(text!);

        Assert.True(await redis.GetDatabase().PingAsync() > TimeSpan.Zero);
    }

    [Fact]
    public async Task Replicas_OfStream_DifferOnlyInUrlAndTelemetryName()
    {
        var replicas = await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline);

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
    public async Task Admin_ReceivesTheUrlOfStream()
    {
        var admin = (await _running.WaitForHealthyAsync("admin", 1, _deadline)).Single();

        var url = admin.Snapshot.EnvironmentVariables.Single(v => v.Name == "services__stream__http__0").Value;

        Assert.Equal(fixture.App.GetEndpoint("stream"), new Uri(url!));
    }

    [Fact]
    public async Task StopAndStart_OfAReplicaWhileClientsChat_EveryoneIsHeardAgain()
    {
        await using var room = new ChatRoom(fixture.App.GetEndpoint("stream"));
        await room.AssertEveryoneIsHeardAsync(_deadline);
        var replica = (await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline))[0].ResourceId;

        await _running.ExecuteAsync(replica, KnownResourceCommands.StopCommand, _deadline);
        await _running.WaitForStateAsync("stream", replica, s => KnownResourceStates.TerminalStates.Contains(s.State?.Text), _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);

        await _running.ExecuteAsync(replica, KnownResourceCommands.StartCommand, _deadline);
        await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);
    }

    [Fact]
    public async Task Restart_OfAReplicaWhileClientsChat_EveryoneIsHeardAgain()
    {
        await using var room = new ChatRoom(fixture.App.GetEndpoint("stream"));
        await room.AssertEveryoneIsHeardAsync(_deadline);
        var replica = (await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline))[0];

        await _running.ExecuteAsync(replica.ResourceId, KnownResourceCommands.RestartCommand, _deadline);

        await _running.WaitForStateAsync("stream", replica.ResourceId, s => s.StartTimeStamp > replica.Snapshot.StartTimeStamp, _deadline);
        await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);
    }

    [LinuxFact]
    public async Task Kill_OfAReplicaWhileClientsChat_EveryoneIsHeardAgain()
    {
        await using var room = new ChatRoom(fixture.App.GetEndpoint("stream"));
        await room.AssertEveryoneIsHeardAsync(_deadline);
        var replica = (await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline))[0];

        using (var server = RunningAppHost.FindServerProcess(replica.ResourceId)) server.Kill();
        await _running.WaitForStateAsync("stream", replica.ResourceId, s => s.ExitCode is not (null or 0), _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);

        await _running.ExecuteAsync(replica.ResourceId, KnownResourceCommands.StartCommand, _deadline);
        await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);
    }

    [Fact]
    public async Task DrainAndResume_OfAReplicaWhileClientsChat_MovesItsClients()
    {
        await using var room = new ChatRoom(fixture.App.GetEndpoint("stream"));
        await room.AssertEveryoneIsHeardAsync(_deadline);
        var replica = (await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline))[0];

        await _running.ExecuteAsync(replica.ResourceId, DrainCommands.Drain, _deadline);
        await Deadline.WaitUntilAsync(async () => await ServerAsync(replica) is ("draining", 0));
        await room.AssertEveryoneIsHeardAsync(_deadline);

        await _running.ExecuteAsync(replica.ResourceId, DrainCommands.Resume, _deadline);
        await Deadline.WaitUntilAsync(async () => (await ServerAsync(replica)).State == "up");
        await _running.WaitForHealthyAsync("stream", AppHostFixture.Replicas, _deadline);
        await room.AssertEveryoneIsHeardAsync(_deadline);
    }

    /// <summary>Returns the state and the number of connections of a replica, as the HTTP API lists them.</summary>
    private async Task<(string State, int Connections)> ServerAsync(ResourceEvent replica)
    {
        var key = replica.Snapshot.EnvironmentVariables.Single(v => v.Name == "Scaler__Api__Keys__0").Value;
        using var client = fixture.App.CreateHttpClient("stream");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var list = await client.GetFromJsonAsync<JsonElement>("/api/servers", _deadline);
        var server = list.GetProperty("servers").EnumerateArray().Single(s => s.GetProperty("telemetry").GetString() == replica.ResourceId);
        return (server.GetProperty("state").GetString()!, server.GetProperty("connections").GetInt32());
    }
}
