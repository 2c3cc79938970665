using System.Buffers.Binary;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Connects clients whose small receive buffer stalls the write of a large message until the client reads it.</summary>
internal static class SlowClient
{
    /// <summary>The length of a message that does not fit into the socket buffers, in bytes.</summary>
    public const int Large = 12 * 1024 * 1024;

    /// <summary>The length of the frame of such a message, in bytes.</summary>
    public const int LargeFrame = 10 + Large;

    private const int ReceiveBuffer = 64 * 1024;

    public static Task<EngineTestHost> StartHostAsync(EngineTestHandler? handler = null) => EngineTestHost.StartAsync(
        static options => (options.MaxQueuedBytes, options.PingInterval) = (4 * Large, TimeSpan.FromMinutes(5)), handler);

    public static Task<RawConnection> ConnectAsync(EngineTestHost host) => RawConnection.ConnectAsync(host.Port, ReceiveBuffer);

    /// <summary>Opens a WebSocket session and reads its open packet.</summary>
    public static async Task<(RawConnection Client, EngineSession Session)> OpenWebSocketAsync(EngineTestHost host)
    {
        var client = await ConnectAsync(host);
        await client.SendAsync(RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
        Assert.Contains(" 101 ", await client.ReadHeadersAsync(), StringComparison.Ordinal);
        var head = await client.ReadAsync(2);
        await client.SkipAsync(head[1] < 126 ? head[1] : BinaryPrimitives.ReadUInt16BigEndian(await client.ReadAsync(2)));
        var session = await host.Handler.WaitForOpenedAsync();
        await EngineSessionExtensions.WaitUntilAsync(() => session.IsWritable, "the open packet to be written");
        return (client, session);
    }
}
