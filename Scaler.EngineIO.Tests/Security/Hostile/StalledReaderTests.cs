using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Tests a broadcast to 1,000 clients that do not read.</summary>
[Collection(HostileCollection.Name)]
public sealed class StalledReaderTests(ITestOutputHelper output)
{
    private const int Stalled = 1000;
    private const int Healthy = 20;
    private const int MaxQueuedBytes = 32 * 1024;
    private const int Length = 2048;

    [Fact]
    public async Task Broadcast_StalledClients_AreClosedAndHealthyClientsReceiveEverything()
    {
        // The memory per connection beside the queue, in the kernel and in Kestrel: its pipe, and the bytes being written.
        const long PerConnection = 256 * 1024;
        await using var host = await HostileHost.StartAsync(
            static options =>
            {
                options.MaxQueuedBytes = MaxQueuedBytes;

                // Stalled clients do not answer pings either. They must not be closed for that.
                options.PingTimeout = TimeSpan.FromMinutes(1);
            },
            services: SmallSockets.Configure);
        var stalled = new List<RawConnection>();
        for (var i = 0; i < Stalled; i++)
        {
            var connection = await RawConnection.ConnectAsync(host.Port, SmallSockets.Size);
            await connection.SendAsync(RawWebSocket.BuildRequest("?EIO=4&transport=websocket&stalled=1"));
            stalled.Add(connection);
        }

        var healthy = await Task.WhenAll(Enumerable.Range(0, Healthy).Select(_ => host.Engine.OpenWebSocketAsync(more: "&healthy=1")));
        await Deadline.WaitUntilAsync(() => host.Engine.Server.Count == Stalled + Healthy + 2);

        // The bystanders are not part of the broadcast, because they check the order of their own messages.
        var (stalledSessions, healthySessions) = (SessionsOf(host, "stalled"), SessionsOf(host, "healthy"));
        var received = healthy.Select(ReceiveAsync).ToList();
        var sent = 0;
        for (; stalledSessions.Exists(static session => session.State == EngineSessionState.Open) && sent < 1000; sent++)
        {
            using var message = Message(sent.ToString("d4", CultureInfo.InvariantCulture));
            foreach (var session in stalledSessions.Concat(healthySessions))
            {
                session.TrySend(message);
                Assert.InRange(session.QueuedBytes, 0, MaxQueuedBytes);
            }

            // Healthy clients keep up if the sender waits for them.
            await Deadline.WaitUntilAsync(() => healthySessions.TrueForAll(static session => session.QueuedBytes < MaxQueuedBytes / 2));
        }

        Assert.InRange(sent, MaxQueuedBytes / (Length * 2), 999);
        output.WriteLine($"{Stalled} stalled clients, closed after {sent} messages, hold {host.GetMemoryGrowth():N0} bytes");
        host.AssertMemoryGrowthBelow(Stalled * PerConnection);
        for (var i = 0; i < Stalled; i++)
        {
            Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        }

        // The server does not wait until the close frames are read. It cuts the clients off after the close timeout.
        await Deadline.WaitUntilAsync(() => host.Engine.Server.Count == Healthy + 2);
        foreach (var session in healthySessions)
        {
            await session.SendAsync("end");
        }

        Assert.All(await Task.WhenAll(received).WithTimeout(), count => Assert.Equal(sent, count));
        stalled.ForEach(static connection => connection.Reset());
        foreach (var socket in healthy)
        {
            socket.Connection.Reset();
        }
    }

    /// <summary>A client that resumes reading before it is cut off receives the close reason.</summary>
    [Fact]
    public async Task SlowConsumer_ResumesReadingInTime_ReceivesTheCloseReason()
    {
        await using var host = await HostileHost.StartAsync(
            static options =>
            {
                options.MaxQueuedBytes = MaxQueuedBytes;
                options.CloseTimeout = TimeSpan.FromSeconds(20);
            },
            services: SmallSockets.Configure);
        using var socket = await host.Engine.OpenWebSocketAsync(more: "&stalled=1");
        var session = Assert.Single(SessionsOf(host, "stalled"));
        using var message = Message("");
        while (session.TrySend(message) == EngineSendOutcome.Sent)
        {
            Assert.InRange(session.QueuedBytes, 0, MaxQueuedBytes);
        }

        int opcode;
        byte[] payload;
        do
        {
            (opcode, payload, _) = await socket.ReadFrameAsync();
        }
        while (opcode != RawWebSocket.CloseOpcode);

        Assert.Equal((4429, "slow consumer"), ((payload[0] << 8) | payload[1], Encoding.UTF8.GetString(payload.AsSpan(2))));
        await socket.CompleteCloseAsync();
    }

    private static EngineEncodedMessage Message(string begin) =>
        EngineEncodedMessage.Create(Encoding.UTF8.GetBytes(begin + new string('x', Length)), EngineMessageKind.Text);

    private static List<EngineSession> SessionsOf(HostileHost host, string parameter) =>
        host.Engine.Server.Sessions.Where(session => session.Handshake.Query.ContainsKey(parameter)).ToList();

    /// <summary>Counts broadcast messages up to the end marker, and asserts their order.</summary>
    private static async Task<int> ReceiveAsync(RawWebSocket socket)
    {
        var count = 0;
        while (true)
        {
            var text = await socket.ReadTextAsync();
            if (text == "2")
            {
                await socket.SendTextAsync("3");
            }
            else if (text == "4end")
            {
                return count;
            }
            else
            {
                Assert.StartsWith("4" + count.ToString("d4", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
                count++;
            }
        }
    }
}
