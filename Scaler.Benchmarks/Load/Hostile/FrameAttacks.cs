using System.Net;
using System.Text;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Lists the attacks on WebSocket framing and over a session's WebSocket.</summary>
internal static class FrameAttacks
{
    private const string WebSocket = Attacks.Path + "&transport=websocket";

    public static readonly IReadOnlyList<Attack> All =
    [
        new("a flood of fragments", FragmentsAsync),
        new("a frame with a declared length of 2^62 bytes", (server, _, token) =>
            SendAsync(server, [0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], token)),
        new("a frame without a mask", (server, _, token) => SendAsync(server, [0x81, 0x02, (byte)'4', (byte)'a'], token)),
        new("a compressed frame without negotiation", (server, _, token) =>
            SendAsync(server, ClientFrame.Encode(0xC1, "4a"u8), token)),
        new("a reserved opcode", (server, random, token) =>
            SendAsync(server, ClientFrame.Encode((byte)(0x83 + random.Next(5)), "4a"u8), token)),
        new("text that is not valid UTF-8", (server, _, token) =>
            SendAsync(server, ClientFrame.Encode(ClientFrame.Text, [(byte)'4', 0xC3, 0x28]), token)),
        new("a flood of pings", (server, _, token) =>
            SendAsync(server, ClientFrame.Repeat(ClientFrame.Encode(0x89, new byte[125]), 2000), token)),
        new("a flood of errors", (server, _, token) =>
            SendAsync(server, ClientFrame.Repeat(ClientFrame.Encode("4{"), 1000), token)),
        new("a flood of echoes that the client does not read", UnreadAsync),
        new("random bytes as frames", (server, random, token) => SendAsync(server, HttpAttacks.RandomBytes(random, 4000), token)),
        new("frames before the 101", EarlyAsync),
    ];

    private static async Task SendAsync(IPEndPoint server, byte[] bytes, CancellationToken cancellationToken)
    {
        using var client = await RawClient.UpgradeAsync(server, WebSocket, cancellationToken);
        await client.SendAsync(bytes, cancellationToken);
        await client.ReceiveAsync(cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }

    private static Task FragmentsAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        var first = ClientFrame.Encode(0x01, "4"u8);
        return SendAsync(server, [.. first, .. ClientFrame.Repeat(ClientFrame.Encode(0x00, "x"u8), 3000)], cancellationToken);
    }

    private static async Task UnreadAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.UpgradeAsync(server, WebSocket, cancellationToken);
        var echo = ClientFrame.Repeat(ClientFrame.Encode($$"""4{"event":"echo","args":["{{new string('x', 8000)}}"]}"""), 50);
        for (var i = 0; i < 40; i++)
        {
            await client.SendAsync(echo, cancellationToken);
        }
    }

    private static async Task EarlyAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        var request = Encoding.ASCII.GetBytes(RawClient.UpgradeRequest(WebSocket));
        await client.SendAsync((byte[])[.. request, .. HttpAttacks.RandomBytes(random, 500)], cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }
}
