using System.Diagnostics;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Chaos;

/// <summary>Tests that a server exits in time after SIGTERM, and what its clients see.</summary>
[Trait("Category", "Chaos")]
public sealed class ShutdownTests
{
    private const int Clients = 250;
    private const string Secret = "--Scaler:Cluster:Secret=the secret of both servers of this test";
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    // The settings of Aspire's AppHost, with an endpoint that refuses connections.
    private static readonly string[] UnreachableTelemetry =
    [
        "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "--OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "--OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory",
        "--OTEL_BSP_SCHEDULE_DELAY=1000", "--OTEL_BLRP_SCHEDULE_DELAY=1000", "--OTEL_METRIC_EXPORT_INTERVAL=1000", "--OTEL_TRACES_SAMPLER=always_on",
    ];

    [RedisServerFact]
    public async Task Sigterm_TelemetryBackendUnreachable_DelaysTheExitByLessThanTwoSeconds()
    {
        await using var redis = await RedisProcess.StartAsync();

        // Two servers under the same load: the difference does not depend on the speed of the machine.
        var elapsed = await Task.WhenAll(StopUnderLoadAsync(redis, []), StopUnderLoadAsync(redis, UnreachableTelemetry));

        var (baseline, withTelemetry) = (elapsed[0], elapsed[1]);
        Assert.True(withTelemetry - baseline < MaxDelay, $"{withTelemetry} with telemetry, {baseline} without.");
    }

    [RedisServerFact]
    public async Task Sigterm_HoldsPollOfAnotherServersSession_AnswersItAndTheSessionContinues()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var owner = await StreamProcess.StartAsync(redis.Endpoint, Secret);
        await using var stopping = await StreamProcess.StartAsync(redis.Endpoint, Secret);
        using var http = new HttpClient();
        const string Path = "/stream/?EIO=4&transport=polling&account=acme";
        var open = await http.GetStringAsync(new Uri($"{owner.Url}{Path}")).WithTimeout("the handshake");
        var session = $"{Path}&sid={open.Split("\"sid\":\"")[1].Split('"')[0]}";

        // The first poll through the other server opens the connection between the servers.
        var first = http.GetStringAsync(new Uri($"{stopping.Url}{session}"));
        await PostAsync(http, $"{owner.Url}{session}", """4{"event":"echo","args":["one"]}""");
        Assert.Contains("one", await first.WithTimeout("the echo"), StringComparison.Ordinal);
        var held = http.GetStringAsync(new Uri($"{stopping.Url}{session}"));
        var exit = stopping.StopAsync();

        Assert.Equal("6", await held.WithTimeout("the response of the held poll"));
        Assert.Equal(0, await exit);
        await PostAsync(http, $"{owner.Url}{session}", """4{"event":"echo","args":["two"]}""");
        Assert.Contains("two", await http.GetStringAsync(new Uri($"{owner.Url}{session}")).WithTimeout("the echo"), StringComparison.Ordinal);
    }

    private static async Task PostAsync(HttpClient http, string url, string packet)
    {
        using var content = new StringContent(packet);
        using var response = await http.PostAsync(new Uri(url), content).WithTimeout("the response of a post");
        response.EnsureSuccessStatusCode();
    }

    private static async Task<TimeSpan> StopUnderLoadAsync(RedisProcess redis, string[] arguments)
    {
        await using var server = await StreamProcess.StartAsync(redis.Endpoint, arguments);
        var clients = new List<TestClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await TestClient.ConnectAsync(server.Url, $"account-{i}", polling: i % 2 == 0));

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(0, await server.StopAsync());
        var elapsed = Stopwatch.GetElapsedTime(started);

        foreach (var client in clients) await client.DisposeAsync();
        return elapsed;
    }
}
