using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.EngineIO.Transports;

/// <summary>Represents the channel of a WebSocket on an upgraded HTTP stream, which lives within its request.</summary>
/// <param name="stream">The upgraded stream.</param>
/// <param name="lifetime">The feature that aborts the connection.</param>
internal sealed class StreamWebSocketChannel(Stream stream, IHttpRequestLifetimeFeature lifetime) : IWebSocketChannel
{
    public bool CopiesPendingData => false;

    public Task ServeAsync(Func<Task> serve) => serve();

    // This method waits for the lifetime of the connection, so the size of its state machine counts for every connection.
    public async Task ReceiveAsync(WebSocketReader reader)
    {
        Exception? error = null;
        try
        {
            while (!reader.PeerClosed)
            {
                if (reader.TryReleaseBuffer())
                {
                    // Completes when there is data, without holding a buffer until then.
                    var count = await stream.ReadAsync(Memory<byte>.Empty);
                    Debug.Assert(count == 0, "A read into an empty buffer must return 0.");
                }

                if (!reader.Commit(await stream.ReadAsync(reader.GetWriteMemory())))
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

    public bool TryReceive(WebSocketReader reader) => false;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data) => stream.WriteAsync(data);

    public void Abort() => lifetime.Abort();
}
