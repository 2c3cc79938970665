using System.Threading.Channels;
using SocketIOClient;
using SocketIOClient.Transport;

namespace Scaler.EngineIO.Tests.RealClients;

/// <summary>
/// Tests the engine of the NuGet package SocketIOClient with a minimal Socket.IO server. The client does not upgrade: with
/// <c>AutoUpgrade</c> it opens a polling session, abandons it, and opens a WebSocket session.
/// </summary>
public sealed class DotNetClientTests
{
    private readonly ClientEcho _echo = new();

    public static TheoryData<int, string> Connections
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var protocol in (int[])[3, 4])
            {
                foreach (var transport in ClientRows.Transports)
                {
                    data.Add(protocol, transport);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task SocketIOClient_Event_IsEchoed(int protocol, string transport)
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host, protocol, transport);
        var events = Channel.CreateUnbounded<string>();
        client.On("echo", response => events.Writer.TryWrite(response.GetValue<string>()));
        foreach (var text in (string[])["hello", "žluť 😀", new string('x', 500_000)])
        {
            await client.EmitAsync("echo", text).WithTimeout();
            Assert.Equal(text, await events.Reader.ReadAsync().AsTask().WithTimeout());
        }
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task SocketIOClient_BinaryEvent_IsEchoed(int protocol, string transport)
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host, protocol, transport);
        var events = Channel.CreateUnbounded<byte[]>();
        client.On("echo", response => events.Writer.TryWrite(response.GetValue<byte[]>()));
        await client.EmitAsync("echo", new byte[] { 0, 1, 254, 255 }).WithTimeout();
        Assert.Equal([0, 1, 254, 255], await events.Reader.ReadAsync().AsTask().WithTimeout());
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task SocketIOClient_ClosedByTheClient_EndsTheSession(int protocol, string transport)
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host, protocol, transport);
        await client.DisconnectAsync().WithTimeout();
        await _echo.AssertClosedByClientAsync("dotnet", transport != "polling", isSocketIO: true);
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task SocketIOClient_ClosedByTheServer_IsDisconnected(int protocol, string transport)
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host, protocol, transport);
        var disconnected = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnDisconnected += (_, reason) => disconnected.TrySetResult(reason);
        await client.EmitAsync("close").WithTimeout();
        await disconnected.Task.WithTimeout();
        Assert.Equal(EngineCloseReason.ServerClose, await _echo.WaitForEndAsync("dotnet"));
    }

    private Task<EngineTestHost> StartAsync() =>
        EngineTestHost.StartAsync(static options => options.AllowV3 = true, SocketFraming.CreateHandler(_echo));

    private static async Task<SocketIO> ConnectAsync(EngineTestHost host, int protocol, string transport)
    {
        var client = new SocketIO($"http://localhost:{host.Port}/", new SocketIOOptions
        {
            EIO = protocol,
            // The client appends "/".
            Path = "/engine.io",
            Query = [new("label", "dotnet")],
            Transport = transport == "websocket" ? TransportProtocol.WebSocket : TransportProtocol.Polling,
            AutoUpgrade = transport == "upgraded",
            Reconnection = false,
        });
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnConnected += (_, _) => connected.TrySetResult();
        await client.ConnectAsync().WithTimeout();
        await connected.Task.WithTimeout("the client to be connected");
        return client;
    }
}
