using System.Text;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests messages that are sent to many sessions. Other threads than the sender's write them to the sockets.</summary>
public sealed class BroadcastTests
{
    private const int Clients = 30;
    private const int Rounds = 300;

    [Fact]
    public async Task TrySend_ToManySessions_DeliversOnceInOrderWithOtherMessages()
    {
        await using var host = await EngineTestHost.StartAsync();
        var clients = new List<(RawWebSocket Socket, EngineSession Session)>();
        for (var i = 0; i < Clients; i++)
        {
            var socket = await RawWebSocket.ConnectAsync(host.Port, "?EIO=4&transport=websocket");
            var session = await host.Handler.WaitForOpenedAsync();
            await socket.ReadTextAsync();
            clients.Add((socket, session));
        }

        // Read each message before the next is sent, so that a message stuck in a queue fails the test immediately.
        for (var round = 0; round < Rounds; round++)
        {
            using var message = EngineEncodedMessage.Create(Encoding.UTF8.GetBytes($"to all {round}"), EngineMessageKind.Text);
            foreach (var (_, session) in clients)
            {
                Assert.Equal(EngineSendOutcome.Sent, session.TrySend(message));
                await session.SendAsync($"to one {round}");
            }

            foreach (var (socket, _) in clients)
            {
                Assert.Equal($"4to all {round}", await socket.ReadTextAsync());
                Assert.Equal($"4to one {round}", await socket.ReadTextAsync());
            }
        }

        clients.ForEach(static client => client.Socket.Dispose());
    }

    [Fact]
    public async Task TrySend_FromSeveralThreads_DeliversOnceInTheOrderOfEachThread()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await RawWebSocket.ConnectAsync(host.Port, "?EIO=4&transport=websocket");
        var session = await host.Handler.WaitForOpenedAsync();
        await socket.ReadTextAsync();

        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                using var message = EngineEncodedMessage.Create(Encoding.UTF8.GetBytes($"{sender} {round}"), EngineMessageKind.Text);
                session.TrySend(message);
            }
        })).ToArray();

        var next = new int[senders.Length];
        for (var i = 0; i < senders.Length * Rounds; i++)
        {
            var parts = (await socket.ReadTextAsync())[1..].Split(' ');
            Assert.Equal($"{next[parts[0][0] - '0']++}", parts[1]);
        }

        await Task.WhenAll(senders).WithTimeout();
    }

    [Theory]
    [InlineData(EngineMessageKind.Text)]
    [InlineData(EngineMessageKind.Binary)]
    public async Task TrySend_LargerThanTheSocketBuffer_StaysIntactAfterTheMessageIsDisposed(EngineMessageKind kind)
    {
        const int Length = 8 * 1024 * 1024;
        await using var host = await EngineTestHost.StartAsync(options => options.MaxQueuedBytes = 4 * Length);
        using var slow = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var data = new byte[Length];
        new Random(7).NextBytes(data);
        if (kind == EngineMessageKind.Text)
        {
            Encoding.ASCII.GetBytes(Convert.ToHexString(data.AsSpan(0, Length / 2))).CopyTo(data, 0);
        }

        using (var first = EngineEncodedMessage.Create(data, kind))
        {
            session.TrySend(first);
        }

        using (var second = EngineEncodedMessage.Create(data.AsSpan(0, Length / 2), kind))
        {
            session.TrySend(second);
        }

        // Overwrites pooled memory that was returned too early.
        using var other = EngineEncodedMessage.Create(new byte[Length], EngineMessageKind.Binary);
        foreach (var length in (int[])[Length, Length / 2])
        {
            var read = kind == EngineMessageKind.Text ? Encoding.UTF8.GetBytes((await slow.ReadTextAsync())[1..]) : await slow.ReadBinaryAsync();
            Assert.True(
                data.AsSpan(0, length).SequenceEqual(read), $"The {read.Length} received bytes differ from the sent bytes");
        }
    }
}
