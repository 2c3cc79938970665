using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>
/// Tests that the queue, which stores the first packet inline and the rest in a ring buffer, behaves as a FIFO queue.
/// </summary>
public sealed class OutboundQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Queue_RandomEnqueuesAndDequeues_IsFirstInFirstOutAndTracksItsSize(int maxCount)
    {
        var (random, model, queue, number) = (new Random(maxCount), new Queue<int>(), default(OutboundQueue), 0);
        for (var step = 0; step < 20_000; step++)
        {
            if (model.Count < maxCount && random.Next(5) < 3)
            {
                model.Enqueue(++number);
                queue.Enqueue(new OutboundPacket(PacketType.Message, PacketBodyFormat.Text, null, number, EngineSendFlags.None));
            }
            else if (model.TryDequeue(out var expected))
            {
                Assert.Equal(expected, queue.Peek().Length);
                var packet = queue.Dequeue();
                Assert.Equal(expected, packet.Length);
                queue.ReleaseCost(packet.Cost);
            }

            Assert.Equal(model.Count, queue.Count);
            Assert.Equal(model.Sum(OutboundPacket.CostOf), queue.Bytes);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Clear_QueuedPackets_ReleasesEachOnce(int count)
    {
        var queue = default(OutboundQueue);
        var message = EngineEncodedMessage.Create("hello"u8, EngineMessageKind.Text);
        for (var i = 0; i < count; i++)
        {
            message.Retain();
            queue.Enqueue(new OutboundPacket(PacketType.Message, PacketBodyFormat.Text, message, 5, EngineSendFlags.None));
        }

        queue.Clear();

        Assert.Equal((0, 0), (queue.Count, queue.Bytes));
        message.Retain();
        message.Release();
        message.Dispose();
        Assert.Throws<ObjectDisposedException>(message.Retain);
    }
}
