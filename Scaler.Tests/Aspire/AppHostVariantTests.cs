using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Testing;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Aspire;

/// <summary>Tests of the topology with settings other than the defaults, and of the AppHost as a process.</summary>
[Collection(AppHostCollection.Name)]
public sealed class AppHostVariantTests
{
    private readonly CancellationToken _deadline = RunningAppHost.Deadline();

    [RedisServerFact]
    public async Task ExternalRedisAndDashboardAndPortInUse_AllStart()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;

        await using var running = await RunningAppHost.StartAsync(
            dashboard: true, $"--Ports:Stream={taken}", "--Ports:Admin=0", "--Ports:Dashboard=0", "--Replicas=2",
            $"--ConnectionStrings:redis={redis.Endpoint}");

        Assert.NotEqual(taken, running.App.GetEndpoint("stream").Port);
        await running.App.ResourceNotifications.WaitForResourceHealthyAsync("aspire-dashboard", _deadline);
        await using (var room = new ChatRoom(running.App.GetEndpoint("stream")))
        {
            await room.AssertEveryoneIsHeardAsync(_deadline);
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Endpoint);
        Assert.NotEqual(0, await connection.GetServers()[0].DatabaseSizeAsync());
    }
}
