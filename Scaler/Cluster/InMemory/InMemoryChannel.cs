using System.Threading.Channels;

namespace Scaler.Cluster.InMemory;

/// <summary>One listener of the bus within a process: what it is given it receives one after the other, off the giver's thread.</summary>
internal sealed class InMemoryChannel : IAsyncDisposable
{
    private readonly Channel<byte[]> _channel = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<InMemoryChannel> _closed;
    private readonly Task _pump;

    public InMemoryChannel(Action<ReadOnlyMemory<byte>> receive, Action<InMemoryChannel> closed)
    {
        _closed = closed;
        _pump = PumpAsync(receive);
    }

    public bool Give(byte[] envelope) => _channel.Writer.TryWrite(envelope);

    public async ValueTask DisposeAsync()
    {
        _closed(this);
        _channel.Writer.TryComplete();
        await _pump;
    }

    private async Task PumpAsync(Action<ReadOnlyMemory<byte>> receive)
    {
        await foreach (var envelope in _channel.Reader.ReadAllAsync())
        {
            receive(envelope);
        }
    }
}
