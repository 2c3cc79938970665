using Scaler.EngineIO;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sessions;

/// <summary>What a message costs in steady state.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Fact]
    public async Task WebSocketEcho_InSteadyState_AllocatesNothingPerMessage()
    {
        const int Messages = 50_000;
        const int Batch = 1_000;
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler
        {
            Quiet = true,
            Message = static (session, message, token) => Discard(session.SendAsync(message.Data, cancellationToken: token)),
        });
        using var socket = await host.OpenWebSocketAsync();
        var frames = Enumerable.Repeat(RawWebSocket.TextFrame("4hello"), Batch).SelectMany(static frame => frame).ToArray();
        // "4hello" as a server's frame.
        const int Answer = 8;
        await EchoAsync(Messages);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await EchoAsync(Messages);
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Messages;
        // What the client and the server allocate for each batch is in it; an object for each message would be 24 bytes alone.
        Assert.True(perMessage < 12, $"{perMessage:F1} bytes for each message");

        async Task EchoAsync(int count)
        {
            for (var sent = 0; sent < count; sent += Batch)
            {
                await socket.Connection.SendAsync(frames);
                await socket.Connection.SkipAsync(Batch * Answer);
            }
        }
    }

    [Fact]
    public void Queue_OfABurstThatFillsSeveralChunks_AllocatesNothing()
    {
        var queue = default(OutboundQueue);
        var message = new byte[PacketChunk.MaxData];
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
                queue.EnqueueCopy(PacketType.Message, PacketBody.Text, message, EngineSendFlags.None);
            }

            while (queue.Count > 0)
            {
                var packet = queue.Dequeue();
                packet.Release();
                queue.Release(packet.Cost);
            }
        }
    }

    private static ValueTask Discard(ValueTask<EngineSendOutcome> sending)
    {
        Assert.True(sending.IsCompletedSuccessfully);
        _ = sending.GetAwaiter().GetResult();
        return default;
    }
}

/// <summary>Alone: what other tests allocate at the same time would be counted.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsDefinition;
