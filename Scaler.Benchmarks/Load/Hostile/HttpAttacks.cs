using System.IO.Compression;
using System.Net;
using System.Text;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Lists the attacks on HTTP and on polling.</summary>
internal static class HttpAttacks
{
    private const string Polling = Attacks.Path + "&transport=polling";
    private static readonly TimeSpan SendInterval = TimeSpan.FromMilliseconds(200);

    public static readonly IReadOnlyList<Attack> All =
    [
        new("slow headers", SlowHeadersAsync),
        new("slow body", (server, random, token) => UploadAsync(server, random, 10, false, token)),
        new("half an upload, then a reset", (server, random, token) => UploadAsync(server, random, 1, true, token)),
        new("thousands of tiny packets", (server, _, token) =>
            PostAsync(server, string.Join('\x1e', Enumerable.Repeat("4a", 60_000)), token)),
        new("messages that are not valid JSON", (server, random, token) =>
            PostAsync(server, "4{\"event\":" + random.Next(), token)),
        new("an oversized body", (server, _, token) => PostAsync(server, "4" + new string('x', 1_500_000), token)),
        new("a compression bomb as a body", BombAsync),
        new("random bytes as a body", (server, random, token) =>
            PostAsync(server, Encoding.Latin1.GetString(RandomBytes(random, 2000)), token)),
        new("random bytes as HTTP", RandomAsync),
        new("a forged session id", ForgedAsync),
        new("two polls at once", TwoPollsAsync),
        new("a handshake without an account", NoAccountAsync),
    ];

    public static byte[] RandomBytes(Random random, int maxLength)
    {
        var bytes = new byte[random.Next(1, maxLength)];
        random.NextBytes(bytes);
        return bytes;
    }

    public static async Task<string> OpenSessionAsync(RawClient client, CancellationToken cancellationToken)
    {
        await client.SendAsync($"GET {Polling} HTTP/1.1\r\nHost: localhost\r\n\r\n", cancellationToken);
        var answer = await client.ReceiveAsync(cancellationToken);
        return answer.Split("\"sid\":\"") is [_, var rest] ? rest.Split('"')[0] : "";
    }

    private static async Task SlowHeadersAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        await client.SendAsync($"GET {Polling} HTTP/1.1\r\n", cancellationToken);
        for (var i = 0; i < 15; i++)
        {
            await client.SendAsync($"X-{random.Next()}: a\r\n", cancellationToken);
            await Task.Delay(SendInterval, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task UploadAsync(
        IPEndPoint server, Random random, int pieces, bool reset, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        var sid = await OpenSessionAsync(client, cancellationToken);
        await client.SendAsync($"POST {Polling}&sid={sid} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n4", cancellationToken);
        for (var i = 0; i < pieces; i++)
        {
            await client.SendAsync(new string('x', random.Next(1, 100)), cancellationToken);
            await Task.Delay(SendInterval, TimeProvider.System, cancellationToken);
        }

        if (reset)
        {
            client.Reset();
        }
    }

    private static async Task PostAsync(IPEndPoint server, string body, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        var sid = await OpenSessionAsync(client, cancellationToken);
        await client.SendAsync($"POST {Polling}&sid={sid} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n{body}", cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }

    private static async Task BombAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        var sid = await OpenSessionAsync(client, cancellationToken);
        var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[10_000_000]);
        }

        await client.SendAsync(
            $"POST {Polling}&sid={sid} HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: {bomb.Length}\r\n\r\n", cancellationToken);
        await client.SendAsync(bomb.ToArray(), cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }

    private static async Task RandomAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        await client.SendAsync(RandomBytes(random, 4000), cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }

    private static async Task ForgedAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        var sid = $"{Convert.ToHexString(RandomBytes(random, 10))}.{Convert.ToHexString(RandomBytes(random, 20))}.{Convert.ToHexString(RandomBytes(random, 20))}";
        await client.SendAsync($"GET {Polling}&sid={sid} HTTP/1.1\r\nHost: localhost\r\n\r\n", cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }

    private static async Task TwoPollsAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var one = await RawClient.OpenAsync(server, cancellationToken);
        using var two = await RawClient.OpenAsync(server, cancellationToken);
        var poll = $"GET {Polling}&sid={await OpenSessionAsync(one, cancellationToken)} HTTP/1.1\r\nHost: localhost\r\n\r\n";
        await one.SendAsync(poll, cancellationToken);
        await two.SendAsync(poll, cancellationToken);
        await two.ReceiveAsync(cancellationToken);
    }

    private static async Task NoAccountAsync(IPEndPoint server, Random random, CancellationToken cancellationToken)
    {
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        await client.SendAsync("GET /stream/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n", cancellationToken);
        await client.ReceiveAsync(cancellationToken);
    }
}
