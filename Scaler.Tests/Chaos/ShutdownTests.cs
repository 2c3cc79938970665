using System.Diagnostics;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Chaos;

/// <summary>Tests that a server exits in time after SIGTERM, whatever its surroundings do.</summary>
[Trait("Category", "Chaos")]
public sealed class ShutdownTests
{
    private const int Clients = 500;
    private static readonly TimeSpan DrainBudget = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(2);

    // The settings of Aspire's AppHost, with an endpoint that refuses connections.
    private static readonly string[] UnreachableTelemetry =
    [
        "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "--OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "--OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory",
        "--OTEL_BSP_SCHEDULE_DELAY=1000", "--OTEL_BLRP_SCHEDULE_DELAY=1000", "--OTEL_METRIC_EXPORT_INTERVAL=1000", "--OTEL_TRACES_SAMPLER=always_on",
    ];

    [RedisServerFact]
    public async Task Sigterm_TelemetryBackendUnreachable_ExitsWithinDrainBudgetAndTwoSeconds()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await StreamProcess.StartAsync(
            redis.Endpoint, [.. UnreachableTelemetry, $"--Scaler:Cluster:DrainBudget={DrainBudget:c}"]);
        var clients = new List<TestClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await TestClient.ConnectAsync(server.Url, $"account-{i}", polling: i % 2 == 0));

        var started = Stopwatch.GetTimestamp();
        var exitCode = await server.StopAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);

        Assert.Equal(0, exitCode);
        Assert.True(elapsed <= DrainBudget + Allowance, $"The server exited after {elapsed}.");
        foreach (var client in clients) await client.DisposeAsync();
    }
}
