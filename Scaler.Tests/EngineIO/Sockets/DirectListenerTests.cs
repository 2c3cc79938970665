using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Sockets;
using Scaler.EngineIO.Transports;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>A listener and its connections, without the web server above them.</summary>
public sealed class DirectListenerTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddOptions().AddSingleton<DirectTransport>().BuildServiceProvider();

    // It takes little before it has read anything.
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };

    [Fact]
    public async Task Connection_IsReadAndWritten_UntilItIsDisposedOf()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.Equal(_client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(listener.EndPoint, connection.LocalEndPoint);
        Assert.Matches("^[0-9A-V]{13}$", connection.ConnectionId);

        await _client.SendAsync("hello"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync().AsTask().Within();
        Assert.Equal("hello", Encoding.ASCII.GetString(read.Buffer));
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await connection.Transport.Output.WriteAsync("bye"u8.ToArray());
        await connection.DisposeAsync();

        var answer = new byte[16];
        Assert.Equal(3, await _client.ReceiveAsync(answer).Within());
        Assert.Equal(0, await _client.ReceiveAsync(answer).Within());
        await Ended(connection);
    }

    [Fact]
    public async Task Abort_EndsTheReadThatWaits_WithTheReason_AndTheConnection()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var read = connection.Transport.Input.ReadAsync().AsTask();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(told.SetResult);
        connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("who asked for it fails"));

        connection.Abort(new ConnectionAbortedException("enough"));

        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.Within())).Message);
        await told.Task.Within();
        await HasBeenReset();
    }

    [Fact]
    public async Task Abort_GivesUpWhatTheSystemHoldsForAClientThatTakesNothing()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var write = connection.Transport.Output.WriteAsync(SocketPair.TooMuch()).AsTask();
        Assert.False(write.IsCompleted);

        connection.Abort(new ConnectionAbortedException("enough"));

        // What had come before the reset can still be received, but nothing comes behind it.
        await HasBeenReset();
        Assert.True((await write.Within()).IsCompleted);
    }

    [LinuxFact]
    public async Task System_TakesLittleForAClientThatTakesNothing()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.InRange(TakenBySystem(connection), 1, 512 * 1024);
    }

    [LinuxFact]
    public async Task System_TakesAsMuchAsTheListenersCreatorHasSet()
    {
        const int TcpNotSentLowWater = 25;
        _services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.CreateBoundListenSocket = static endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SetRawSocketOption((int)ProtocolType.Tcp, TcpNotSentLowWater, BitConverter.GetBytes(int.MaxValue));
            return socket;
        };
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        Assert.InRange(TakenBySystem(connection), 768 * 1024, int.MaxValue);
    }

    [Fact]
    public async Task Features_AreTheConnections_UntilSomebodySetsAnother()
    {
        await using var listener = await BindAsync();
        await using var connection = await AcceptAsync(listener);
        var features = connection.Features;
        Assert.Same(connection, features.Get<IConnectionIdFeature>());
        Assert.Same(connection, features.Get<IClientWatch>());
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
    public async Task Accept_OfAListenerThatIsUnbound_IsOver()
    {
        await using var listener = await BindAsync();
        var accept = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await accept.Within());
        Assert.Null(await listener.AcceptAsync().AsTask().Within());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _services.DisposeAsync();
    }

    private static Task Ended(ConnectionContext connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(ended.SetResult);
        return ended.Task.Within();
    }

    // 64 KiB at a time, as a session sends: of more at once the system would take more, for it asks for its bound only before.
    private static int TakenBySystem(ConnectionContext connection)
    {
        var socket = Assert.IsType<DirectConnection>(connection).Socket;
        var (chunk, taken) = (new byte[64 * 1024], 0);
        while (true)
        {
            var sent = socket.Send(chunk, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return taken;
            }

            Assert.Equal(SocketError.Success, error);
            taken += sent;
        }
    }

    private async Task HasBeenReset()
    {
        var buffer = new byte[64 * 1024];
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await _client.ReceiveAsync(buffer).Within() > 0)
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
        return Assert.IsType<DirectConnection>(await listener.AcceptAsync().AsTask().Within());
    }
}
