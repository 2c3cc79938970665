using System.Threading.Channels;

namespace Scaler.Cluster.InMemory;

/// <summary>
/// Represents one subscription to the in-memory bus. It passes envelopes to the receiver one at a time, off the sender's thread.
/// </summary>
internal sealed class InMemoryChannel : IAsyncDisposable
{
    private readonly Channel<byte[]> _channel = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<InMemoryChannel> _onClosed;
    private readonly Task _pump;

    public InMemoryChannel(Action<ReadOnlyMemory<byte>> receive, Action<InMemoryChannel> onClosed)
    {
        _onClosed = onClosed;
        _pump = PumpAsync(receive);
    }

    /// <summary>Queues an envelope for the receiver.</summary>
    public bool TryEnqueue(byte[] envelope) => _channel.Writer.TryWrite(envelope);

    public async ValueTask DisposeAsync()
    {
        _onClosed(this);
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
