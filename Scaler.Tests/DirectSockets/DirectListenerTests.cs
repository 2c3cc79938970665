using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scaler.DirectSockets;
using Scaler.EngineIO.Connections;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests a listener and its connections without Kestrel.</summary>
public sealed class DirectListenerTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddOptions().AddSingleton<DirectTransport>().BuildServiceProvider();

    // A small receive buffer, so that back-pressure starts soon when the client does not read.
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };

    [Fact]
    public async Task Connection_UntilDisposed_ReadsAndWrites()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.Equal(_client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(listener.EndPoint, connection.LocalEndPoint);
        Assert.Matches("^[0-9A-V]{13}$", connection.ConnectionId);

        await _client.SendAsync("hello"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync().AsTask().WithTimeout();
        Assert.Equal("hello", Encoding.ASCII.GetString(read.Buffer));
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await connection.Transport.Output.WriteAsync("bye"u8.ToArray());
        await connection.DisposeAsync();

        var answer = new byte[16];
        Assert.Equal(3, await _client.ReceiveAsync(answer).WithTimeout());
        Assert.Equal(0, await _client.ReceiveAsync(answer).WithTimeout());
        await ClosedAsync(connection);
    }

    [Fact]
    public async Task Abort_WithAPendingRead_ThrowsTheReasonAndResetsTheConnection()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var read = connection.Transport.Input.ReadAsync().AsTask();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(closed.SetResult);
        connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("thrown by a callback"));

        connection.Abort(new ConnectionAbortedException("aborted by the test"));

        Assert.Equal("aborted by the test", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.WithTimeout())).Message);
        await closed.Task.WithTimeout();
        await AssertResetAsync();
    }

    [Fact]
    public async Task Abort_WhileTheClientDoesNotRead_DiscardsTheDataInTheSendBuffer()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var write = connection.Transport.Output.WriteAsync(SocketPair.CreateLargePayload()).AsTask();
        Assert.False(write.IsCompleted);

        connection.Abort(new ConnectionAbortedException("aborted by the test"));

        // The client can still receive the data that arrived before the reset, but nothing after it.
        await AssertResetAsync();
        Assert.True((await write.WithTimeout()).IsCompleted);
    }

    [LinuxFact]
    public async Task SendBuffer_WhenTheClientDoesNotRead_AcceptsLittle()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.InRange(FillSendBuffer(connection), 1, 512 * 1024);
    }

    [LinuxFact]
    public async Task SendBuffer_WithALimitSetByTheApplication_KeepsThatLimit()
    {
        const int TcpNotSentLowWater = 25; // TCP_NOTSENT_LOWAT on Linux.
        _services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.CreateBoundListenSocket = static endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SetRawSocketOption((int)ProtocolType.Tcp, TcpNotSentLowWater, BitConverter.GetBytes(int.MaxValue));
            return socket;
        };
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.InRange(FillSendBuffer(connection), 768 * 1024, int.MaxValue);
    }

    [Fact]
    public async Task Features_UntilReplaced_AreTheConnectionItself()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var features = connection.Features;
        Assert.Same(connection, features.Get<IConnectionIdFeature>());
        Assert.Same(connection, features.Get<IDisconnectDetectionFeature>());
        Assert.Null(features.Get<ITlsHandshakeFeature>());
        var own = features.Count();

        var other = new DefaultConnectionContext("other");
        var revision = features.Revision;
        features.Set<IConnectionIdFeature>(other);
        features.Set<IConnectionUserFeature>(other);
        Assert.Same(other, features.Get<IConnectionIdFeature>());
        Assert.Equal(own + 1, features.Count());
        Assert.NotEqual(revision, features.Revision);

        features.Set<IConnectionIdFeature>(null);
        Assert.Null(features.Get<IConnectionIdFeature>());
        Assert.Equal(own, features.Count());
    }

    [Fact]
    public async Task AcceptAsync_AfterUnbind_ReturnsNull()
    {
        await using var listener = await BindAsync();
        var accept = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await accept.WithTimeout());
        Assert.Null(await listener.AcceptAsync().AsTask().WithTimeout());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _services.DisposeAsync();
    }

    private static Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(closed.SetResult);
        return closed.Task.WithTimeout();
    }

    // Sends 64 KiB at a time, as a session does. The kernel checks the limit only before it accepts a send, so a single
    // larger send would be accepted as a whole.
    private static int FillSendBuffer(ConnectionContext connection)
    {
        var socket = Assert.IsType<DirectConnection>(connection).Socket;
        var (chunk, accepted) = (new byte[64 * 1024], 0);
        while (true)
        {
            var sent = socket.Send(chunk, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return accepted;
            }

            Assert.Equal(SocketError.Success, error);
            accepted += sent;
        }
    }

    private async Task AssertResetAsync()
    {
        var buffer = new byte[64 * 1024];
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await _client.ReceiveAsync(buffer).WithTimeout() > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private ValueTask<IConnectionListener> BindAsync() =>
        _services.GetRequiredService<DirectTransport>().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));

    private async Task<ConnectionContext> AcceptAsync(IConnectionListener listener)
    {
        await _client.ConnectAsync(listener.EndPoint);
        return Assert.IsType<DirectConnection>(await listener.AcceptAsync().AsTask().WithTimeout());
    }
}
