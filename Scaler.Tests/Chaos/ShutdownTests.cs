using System.Diagnostics;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Chaos;

/// <summary>Tests that the telemetry backend does not delay the exit of a server.</summary>
[Trait("Category", "Chaos")]
public sealed class ShutdownTests
{
    private const int Clients = 250;
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
