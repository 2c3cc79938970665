using System.Threading.Channels;
using SocketIOClient;
using SocketIOClient.Transport;

namespace Scaler.Tests.Helpers;

/// <summary>
/// Runs the rows of the NuGet package SocketIOClient against <see cref="SocketFraming"/>. The package does not upgrade: with
/// <c>AutoUpgrade</c> it opens a polling session, abandons it, and opens a WebSocket session.
/// </summary>
internal static class DotNetClient
{
    /// <summary>Connects and runs a row.</summary>
    /// <param name="origin">The scheme, host and port of the server.</param>
    /// <param name="path">The path, without the slash that the package appends.</param>
    /// <param name="name">The client: socketioclient-3 or -4, for Engine.IO protocol 3 or 4.</param>
    /// <param name="transport">The transport of <see cref="ClientRows.Transports"/>.</param>
    /// <param name="row">The row of <see cref="ClientRows.DotNet"/>.</param>
    public static async Task RunAsync(string origin, string path, string name, string transport, string row)
    {
        using var client = new SocketIO(origin, new SocketIOOptions
        {
            EIO = name[^1] - '0',
            Path = path,
            Query = [new("account", "acme"), new("label", Uri.EscapeDataString($"{name} {transport} {row}"))],
            Transport = transport == "websocket" ? TransportProtocol.WebSocket : TransportProtocol.Polling,
            AutoUpgrade = transport == "upgraded",
            Reconnection = false,
        });
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnConnected += (_, _) => connected.TrySetResult();
        await client.ConnectAsync().WithTimeout();
        await connected.Task.WithTimeout($"{name} to connect over {transport}");
        switch (row)
        {
            case "event":
                await EchoAsync(client, "hello", "žluť 😀", new string('x', 500_000));
                break;
            case "binary":
                await EchoAsync<byte[]>(client, [0, 1, 254, 255]);
                break;
            case "closed-by-client":
                await EchoAsync(client, "hello");
                await client.DisconnectAsync().WithTimeout();
                break;
            case "closed-by-server":
                var disconnected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                client.OnDisconnected += (_, _) => disconnected.TrySetResult();
                await client.EmitAsync("close").WithTimeout();
                await disconnected.Task.WithTimeout($"{name} to be disconnected over {transport}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(row), row, "The row is unknown.");
        }
    }

    private static async Task EchoAsync<T>(SocketIO client, params T[] values)
    {
        var events = Channel.CreateUnbounded<T>();
        client.On("echo", response => events.Writer.TryWrite(response.GetValue<T>()));
        foreach (var value in values)
        {
            await client.EmitAsync("echo", value).WithTimeout();
            Assert.Equal(value, await events.Reader.ReadAsync().AsTask().WithTimeout("the echo of an event"));
        }
    }
}
