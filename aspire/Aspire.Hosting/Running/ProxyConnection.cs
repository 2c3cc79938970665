using System.Buffers;
using System.Net.Sockets;

namespace Aspire.Hosting.Running;

/// <summary>
/// One client and one replica. Either side may end its half and still read the other's; the connection is over when
/// both halves are, or when either side resets. No buffer is held while nothing flows.
/// </summary>
internal sealed class ProxyConnection(Socket client)
{
    private const int BufferSize = 32 * 1024;
    private volatile Socket? _server;

    /// <summary>All that is done for it; whoever accepted it waits for this in the end.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    public Task RunAsync(Socket server)
    {
        _server = server;
        return Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
    }

    /// <summary>Ends both sides at once. What waits in <see cref="RunAsync"/> ends with it.</summary>
    public void Abort()
    {
        client.Dispose();
        _server?.Dispose();
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            to.NoDelay = true;
            while (true)
            {
                await from.ReceiveAsync(Memory<byte>.Empty); // Waits for data; nothing is taken yet.
                if (!await PassAsync(from, to)) break;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Abort(); // A reset is passed on as an end of both sides.
        }
    }

    private static async ValueTask<bool> PassAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var count = await from.ReceiveAsync(buffer);
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
