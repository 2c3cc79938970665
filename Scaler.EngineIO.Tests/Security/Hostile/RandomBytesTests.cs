using System.Text;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>
/// Tests random bytes, and valid input with a few bytes changed. Each seed is a test case, so that a failure can be repeated.
/// </summary>
[Collection(HostileCollection.Name)]
public sealed class RandomBytesTests
{
    private const int Clients = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Http_RandomOrMutatedRequest_HarmsNoOtherClient(int seed)
    {
        await using var host = await HostileHost.StartAsync();
        await ForEachClientAsync(seed, async random =>
        {
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await SendAsync(connection, random.Next(3) switch
            {
                0 => Bytes(random, 2000),
                1 => Change(random, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"), 1 + random.Next(4)),
                _ => Change(random, "POST /engine.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4abcd", 1 + random.Next(4)),
            });
            connection.Reset();
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Post_RandomOrMutatedBody_Returns200Or400(int seed)
    {
        await using var host = await HostileHost.StartAsync(options => (options.AllowV3, options.AllowJsonp) = (true, true));
        host.Engine.Client.DefaultRequestHeaders.Referrer = host.Engine.Client.BaseAddress;
        await ForEachClientAsync(seed, async random =>
        {
            for (var i = 0; i < 10; i++)
            {
                var version = 3 + random.Next(2);
                var sid = await host.Engine.OpenPollingAsync(version);
                var body = random.Next(2) == 0
                    ? Bytes(random, 2000)
                    : Change(random, version == 4 ? "4hello\u001e3\u001ebAQIDBA==\u001e6" : "6:4hello1:210:b4AQIDBA==", 1 + random.Next(3));
                var type = random.Next(4) switch { 0 => "application/octet-stream", 1 => "application/x-www-form-urlencoded", _ => "text/plain" };
                var answer = await host.Engine.PostAsync(sid, body, version, type, random.Next(4) == 0 ? "&j=1" : "");
                Assert.Contains(answer.StatusCode, (int[])[200, 400]);
                await host.Engine.PostAsync(sid, version == 4 ? "1" : "1:1", version);
            }
        });
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task WebSocket_RandomOrMutatedFrames_HarmNoOtherClient(int seed, bool upgrade)
    {
        await using var host = await HostileHost.StartAsync(options => options.PerMessageDeflate.Enabled = true);
        byte[] valid =
        [
            .. RawWebSocket.BuildTextFrame("4hello"), .. RawWebSocket.BuildFrame(9, "ping"u8), .. RawWebSocket.BuildFrame(2, [1, 2], final: false),
            .. RawWebSocket.BuildFrame(0, [3]), .. RawWebSocket.BuildTextFrame("3"),
        ];
        await ForEachClientAsync(seed, async random =>
        {
            for (var i = 0; i < 5; i++)
            {
                var sid = upgrade ? await host.Engine.OpenPollingAsync() : null;
                using var socket = await host.Engine.ConnectWebSocketAsync(sid, 4, "", ("Sec-WebSocket-Extensions", random.Next(2) == 0 ? "permessage-deflate" : ""));
                await SendAsync(socket.Connection, random.Next(3) switch
                {
                    0 => Bytes(random, 5000),
                    1 => Change(random, valid, 1 + random.Next(3)),
                    _ =>
                    [
                        .. valid,
                        .. RawWebSocket.BuildFrame(
                            random.Next(16), Bytes(random, 200), random.Next(2) == 0, random.Next(4) > 0, random.Next(2) * 0x40),
                    ],
                });
                if (random.Next(2) == 0)
                {
                    socket.Connection.Reset();
                }

                if (sid is not null)
                {
                    // Polling continues, unless the bytes happened to complete the upgrade.
                    await host.Engine.PostAsync(sid, "1");
                }
            }
        });
    }

    /// <summary>Sends bytes. The server may end the connection at any of them.</summary>
    private static async Task SendAsync(RawConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server has ended the connection.
        }
    }

    private static byte[] Bytes(Random random, int maxLength)
    {
        var bytes = new byte[random.Next(maxLength)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Change(Random random, string text, int count) => Change(random, Encoding.Latin1.GetBytes(text), count);

    private static byte[] Change(Random random, byte[] valid, int count)
    {
        var bytes = valid.ToList();
        for (var i = 0; i < count; i++)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }

        return [.. bytes];
    }

    private static Task ForEachClientAsync(int seed, Func<Random, Task> attack) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(i => attack(new Random((seed * 1000) + i)))).WithTimeout();
}
