using System.Net;
using System.Net.Sockets;
using System.Text;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Chaos;

/// <summary>Tests that a server survives clients which open more connections than the process may have open files.</summary>
[Trait("Category", "Chaos")]
public sealed class FileDescriptorTests
{
    // The runtime of the service itself has about 300 files open.
    private const int OpenFiles = 600;

    private static readonly byte[] Handshake =
        Encoding.ASCII.GetBytes("GET /stream/?EIO=4&transport=polling&account=flood HTTP/1.1\r\nHost: localhost\r\n\r\n");

    [RedisServerFact]
    public async Task Connections_MoreThanOpenFiles_AreRefusedWhileClientsKeepChatting()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var stream = await StreamProcess.StartWithOpenFilesAsync(
            OpenFiles, redis.Endpoint, "--Scaler:Cluster:Secret=the secret of the server in this test");
        await using var client = await TestClient.ConnectAsync(stream.Url, "chatting");
        await AssertEchoesAsync(client, "before");
        var flood = new List<Socket>();
        try
        {
            await AssertHandshakesAreRefusedAsync(stream, flood);
            await AssertEchoesAsync(client, "while handshakes are refused");

            await OpenSilentConnectionsAsync(stream, flood);
            await Deadline.WaitUntilAsync(
                () => stream.Output.Contains("Accepting of connections is paused", StringComparison.Ordinal));
            await AssertEchoesAsync(client, "while connections are refused");
        }
        finally
        {
            flood.ForEach(static socket => socket.Dispose());
        }

        // The server notices its recovery when it accepts a connection.
        using var http = new HttpClient();
        http.DefaultRequestHeaders.ConnectionClose = true;
        await Deadline.WaitUntilAsync(async () => await IsHealthyAsync(http, stream)
            && stream.Output.Contains("Accepting of connections continues", StringComparison.Ordinal));
        await using var later = await TestClient.ConnectAsync(stream.Url, "later");
        await AssertEchoesAsync(later, "after the flood");
        await AssertEchoesAsync(client, "still connected");
        Assert.Equal(2, stream.Output.Split("Accepting of connections is paused").Length);
    }

    private static async Task AssertEchoesAsync(TestClient client, string text)
    {
        await client.SendAsync($$"""{"event":"echo","args":["{{text}}"]}""");
        Assert.Contains(text, await client.ReadMessageAsync(), StringComparison.Ordinal);
    }

    // Each open session keeps its connection, so the handshakes use up the descriptors.
    private static async Task AssertHandshakesAreRefusedAsync(StreamProcess stream, List<Socket> flood)
    {
        for (var i = 0; i < OpenFiles; i++)
        {
            var socket = await ConnectAsync(stream, flood);
            await socket.SendAsync(Handshake);
            var answer = new byte[12];
            await socket.ReceiveAsync(answer).WithTimeout("the response to a handshake");
            if (answer.AsSpan().SequenceEqual("HTTP/1.1 503"u8))
            {
                return;
            }

            Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(answer));
        }

        Assert.Fail("No handshake was refused.");
    }

    private static async Task OpenSilentConnectionsAsync(StreamProcess stream, List<Socket> flood)
    {
        for (var i = 0; i < OpenFiles / 4; i++)
        {
            try
            {
                await ConnectAsync(stream, flood);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The server resets connections that it has no descriptors for.
            }
        }
    }

    private static async Task<Socket> ConnectAsync(StreamProcess stream, List<Socket> flood)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        flood.Add(socket);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(stream.Url).Port).WithTimeout("a connection");
        return socket;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, StreamProcess stream)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(stream.Url + "/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
