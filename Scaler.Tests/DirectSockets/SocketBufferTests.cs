using Scaler.DirectSockets.Pipes;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests the buffer that the input and the output of a connection share.</summary>
public sealed class SocketBufferTests
{
    [Fact]
    public void Unread_OfANewOrReleasedBuffer_IsEmpty()
    {
        var buffer = default(SocketBuffer);
        Assert.True(buffer.Unread.IsEmpty);
        Append(ref buffer, [1, 2, 3]);
        buffer.Release();
        buffer.Release();
        Assert.True(buffer.Unread.IsEmpty);
    }

    [Theory]
    [InlineData(0, SocketBuffer.MinSize, 1)]
    [InlineData(0, 32 * 1024, 32 * 1024)]
    [InlineData(100_000, SocketBuffer.MinSize, 100_000)]
    public void GetMemory_OfAnEmptyBuffer_HasTheRequestedSize(int sizeHint, int initialSize, int expected)
    {
        var buffer = default(SocketBuffer);
        Assert.InRange(buffer.GetMemory(sizeHint, initialSize).Length, expected, int.MaxValue);
        buffer.Release();
    }

    [Fact]
    public void GetMemory_WhenTheBufferIsFull_GrowsAndKeepsTheUnreadBytes()
    {
        var data = new byte[100_000];
        new Random(1).NextBytes(data);
        var buffer = default(SocketBuffer);
        for (var written = 0; written < data.Length;)
        {
            var memory = buffer.GetMemory();
            var count = Math.Min(memory.Length, data.Length - written);
            data.AsSpan(written, count).CopyTo(memory.Span);
            buffer.Advance(count);
            written += count;
        }

        Assert.Equal(data, buffer.Unread.ToArray());
        buffer.Release();
    }

    [Fact]
    public void GetMemory_AfterConsume_ReusesTheConsumedSpace()
    {
        var buffer = default(SocketBuffer);
        var capacity = buffer.GetMemory().Length;
        Append(ref buffer, new byte[capacity - 1]);
        Append(ref buffer, [7]);
        buffer.Consume(capacity - 1);

        Assert.Equal(capacity - 1, buffer.GetMemory().Length);
        Assert.Equal([7], buffer.Unread.ToArray());
        buffer.Release();
    }

    [Fact]
    public void Detach_AfterConsume_MovesTheUnreadBytes()
    {
        var buffer = default(SocketBuffer);
        Append(ref buffer, [1, 2, 3]);
        buffer.Consume(1);
        var detached = buffer.Detach();
        Append(ref buffer, [4]);

        Assert.Equal([2, 3], detached.Unread.ToArray());
        Assert.Equal([4], buffer.Unread.ToArray());
        detached.Release();
        buffer.Release();
    }

    private static void Append(ref SocketBuffer buffer, byte[] data)
    {
        data.CopyTo(buffer.GetMemory(data.Length));
        buffer.Advance(data.Length);
    }
}
