using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Scaler.EngineIO.Connections;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Represents the channel of a WebSocket that bypasses the upgraded HTTP stream and uses the transport connection directly.
/// </summary>
/// <param name="transport">The transport connection below the upgraded stream.</param>
internal sealed class DirectWebSocketChannel(ITransportConnection transport) : IWebSocketChannel
{
    public bool CopiesPendingData => true;

    public Task ServeAsync(Func<Task> serve) => transport.TryOutliveRequest(serve) ? Task.CompletedTask : serve();

    // This method waits for the lifetime of the connection, so the size of its state machine counts for every connection.
    public async Task ReceiveAsync(WebSocketReader reader)
    {
        transport.RunContinuationsInline();
        Exception? error = null;
        try
        {
            while (!reader.PeerClosed)
            {
                reader.TryReleaseBuffer();
                if (!TryPass(await transport.Input.ReadAsync(), reader))
                {
                    break;
                }

                var handled = reader.HandleReceived();
                if (!handled.IsCompletedSuccessfully)
                {
                    await handled;
                }
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        await reader.CompleteAsync(error);
    }

    public bool TryReceive(WebSocketReader reader) => transport.Input.TryRead(out var read) && TryPass(read, reader);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        var write = transport.Output.WriteAsync(data);
        if (!write.IsCompletedSuccessfully)
        {
            return WaitAsync(write);
        }

        _ = write.Result;
        return default;
    }

    public void Abort() => transport.Abort();

    // Pooled: the wait for a slow client must not allocate for each write.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WaitAsync(ValueTask<FlushResult> write) => await write;

    /// <summary>Moves data from the transport to the reader, up to the room in the reader's buffer.</summary>
    /// <returns><see langword="false"/> at the end of the connection; otherwise, <see langword="true"/>.</returns>
    private bool TryPass(in ReadResult read, WebSocketReader reader)
    {
        var (source, count) = (read.Buffer, 0);
        if (!source.IsEmpty)
        {
            var room = reader.GetWriteMemory().Span;
            count = (int)Math.Min(room.Length, source.Length);
            source.Slice(0, count).CopyTo(room);
        }

        transport.Input.AdvanceTo(source.GetPosition(count));

        // A server that stops cancels reads that wait for the next request. Ignored here: closing is up to the session.
        return reader.Commit(count) || (!read.IsCompleted && read.IsCanceled);
    }
}
