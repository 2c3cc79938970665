using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Measures the allocations per message in steady state.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Fact]
    public async Task WebSocketEcho_SteadyState_AllocatesNothingPerMessage()
    {
        const int Messages = 50_000;
        const int Batch = 1_000;
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler
        {
            DiscardsMessages = true,
            Message = static (session, message, token) => AssertCompleted(session.SendAsync(message.Data, cancellationToken: token)),
        });
        using var socket = await host.OpenWebSocketAsync();
        var frames = Enumerable.Repeat(RawWebSocket.BuildTextFrame("4hello"), Batch).SelectMany(static frame => frame).ToArray();
        // The length of "4hello" as a server's frame, in bytes.
        const int FrameLength = 8;
        await EchoAsync(Messages);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await EchoAsync(Messages);
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Messages;
        // The figure includes the allocations of the client and the server for each batch. One object per message would cost
        // 24 bytes.
        Assert.True(perMessage < 12, $"Allocated {perMessage:F1} bytes per message");

        async Task EchoAsync(int count)
        {
            for (var sent = 0; sent < count; sent += Batch)
            {
                await socket.Connection.SendAsync(frames);
                await socket.Connection.SkipAsync(Batch * FrameLength);
            }
        }
    }

    [Fact]
    public void OutboundQueue_BurstOfSeveralChunks_AllocatesNothing()
    {
        var queue = default(OutboundQueue);
        var message = new byte[PacketChunk.MaxPacketLength];
        Burst();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var burst = 0; burst < 100; burst++)
        {
            Burst();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Burst()
        {
            for (var i = 0; i < 16; i++)
            {
                queue.EnqueueCopy(PacketType.Message, PacketBodyFormat.Text, message, EngineSendFlags.None);
            }

            while (queue.Count > 0)
            {
                var packet = queue.Dequeue();
                packet.Release();
                queue.ReleaseCost(packet.Cost);
            }
        }
    }

    [Fact]
    public async Task WebSocketEcho_GroupsInSteadyState_AllocateNothingPerMessage()
    {
        const int Requests = 20_000;
        const int Batch = 200;
        var binary = new byte[100];
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler
        {
            DiscardsMessages = true,
            Message = (session, message, token) => AssertCompleted(session.SendAsync(
                [message, new(binary, true), new(binary, true), new(binary, true)], cancellationToken: token)),
        });
        using var socket = await host.OpenWebSocketAsync();
        var frames = Enumerable.Repeat(RawWebSocket.BuildTextFrame("4hello"), Batch).SelectMany(static frame => frame).ToArray();
        // The lengths of "4hello" and of three binary messages as a server's frames, in bytes.
        const int ResponseLength = 8 + (3 * 102);
        await EchoAsync(Requests);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await EchoAsync(Requests);
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (4.0 * Requests);
        // The figure includes the allocations of the client and the server for each batch. One object per message would cost
        // 24 bytes.
        Assert.True(perMessage < 12, $"Allocated {perMessage:F1} bytes per message");

        async Task EchoAsync(int count)
        {
            for (var sent = 0; sent < count; sent += Batch)
            {
                await socket.Connection.SendAsync(frames);
                await socket.Connection.SkipAsync(Batch * ResponseLength);
            }
        }
    }

    [Fact]
    public async Task VolatileSends_WithoutAPoll_AllocateNothing()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var encoded = EngineEncodedMessage.Create("m"u8, EngineMessageKind.Text);
        var small = new byte[10];
        var large = new byte[5000];
        var text = new string('x', 5000);
        SendAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            SendAll();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void SendAll()
        {
            AssertDropped(session.SendAsync(small, EngineMessageKind.Binary, EngineSendFlags.Volatile));
            AssertDropped(session.SendAsync(large, EngineMessageKind.Binary, EngineSendFlags.Volatile));
            AssertDropped(session.SendAsync(text, EngineSendFlags.Volatile));
            AssertDropped(session.SendAsync([new(small, true), new(large, true)], EngineSendFlags.Volatile));
            AssertDropped(ValueTask.FromResult(session.TrySend(encoded, EngineSendFlags.Volatile)));
            AssertDropped(ValueTask.FromResult(session.TrySend([encoded, encoded], EngineSendFlags.Volatile)));
        }

        static void AssertDropped(ValueTask<EngineSendOutcome> send) =>
            Assert.True(send.IsCompletedSuccessfully && send.GetAwaiter().GetResult() == EngineSendOutcome.Dropped);
    }

    private static ValueTask AssertCompleted(ValueTask<EngineSendOutcome> send)
    {
        Assert.True(send.IsCompletedSuccessfully);
        _ = send.GetAwaiter().GetResult();
        return default;
    }
}

/// <summary>
/// Disables parallelization, because the measurements would include the allocations of tests that run at the same time.
/// </summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsDefinition;
