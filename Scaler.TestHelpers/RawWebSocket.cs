using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Tests.Helpers;

/// <summary>A WebSocket client that can send any frame, valid or invalid, and returns each frame that it receives.</summary>
internal sealed class RawWebSocket : IDisposable
{
    public const int TextOpcode = 1;
    public const int BinaryOpcode = 2;
    public const int CloseOpcode = 8;

    private readonly RawConnection _connection;

    private RawWebSocket(RawConnection connection, string head)
    {
        _connection = connection;
        ResponseHeaders = head;
    }

    /// <summary>Gets the status line and the headers of the response to the upgrade request.</summary>
    public string ResponseHeaders { get; }

    public RawConnection Connection => _connection;

    public static async Task<RawWebSocket> ConnectAsync(int port, string query, params (string Name, string Value)[] headers)
    {
        var socket = await RequestAsync(port, BuildRequest(query, headers));
        Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
        return socket;
    }

    public static async Task<RawWebSocket> RequestAsync(int port, string request, byte[]? firstFrames = null)
    {
        var connection = await RawConnection.ConnectAsync(port);
        await connection.SendAsync((byte[])[.. Encoding.Latin1.GetBytes(request), .. firstFrames ?? []]);
        return new RawWebSocket(connection, await connection.ReadHeadersAsync());
    }

    public static string BuildRequest(string query, params (string Name, string Value)[] headers)
    {
        var all = new Dictionary<string, string>
        {
            ["Host"] = "localhost",
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        };
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        return $"GET /engine.io/{query} HTTP/1.1\r\n"
            + string.Concat(all.Where(static header => header.Value.Length > 0).Select(static header => $"{header.Key}: {header.Value}\r\n")) + "\r\n";
    }

    public static byte[] BuildFrame(int opcode, ReadOnlySpan<byte> payload, bool final = true, bool masked = true, int reserved = 0)
    {
        var frame = new List<byte> { (byte)((final ? 0x80 : 0) | reserved | opcode) };
        var mask = masked ? 0x80 : 0;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
        if (payload.Length < 126)
        {
            frame.Add((byte)(mask | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([(byte)(mask | 126), .. length[6..]]);
        }
        else
        {
            frame.AddRange([(byte)(mask | 127), .. length]);
        }

        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        if (masked)
        {
            frame.AddRange(key);
        }

        for (var index = 0; index < payload.Length; index++)
        {
            frame.Add((byte)(payload[index] ^ (masked ? key[index % 4] : 0)));
        }

        return [.. frame];
    }

    public static byte[] BuildTextFrame(string text) => BuildFrame(TextOpcode, Encoding.UTF8.GetBytes(text));

    public Task SendTextAsync(string text) => _connection.SendAsync(BuildTextFrame(text));

    public Task SendBinaryAsync(byte[] data) => _connection.SendAsync(BuildFrame(BinaryOpcode, data));

    public Task SendAsync(params byte[] bytes) => _connection.SendAsync(bytes);

    public async Task<(int Opcode, byte[] Payload, int First)> ReadFrameAsync()
    {
        var head = await _connection.ReadAsync(2);
        Assert.True((head[1] & 0x80) == 0, "The server sent a masked frame (RFC 6455, section 5.1 forbids it).");
        long length = head[1];
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(await _connection.ReadAsync(2));
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(await _connection.ReadAsync(8));
        }

        return (head[0] & 0x0F, await _connection.ReadAsync((int)length), head[0]);
    }

    public async Task<string> ReadTextAsync()
    {
        var (opcode, payload, _) = await ReadFrameAsync();
        Assert.True(opcode == TextOpcode, $"Expected a text frame, received opcode {opcode}: {Encoding.UTF8.GetString(payload)}");
        return Encoding.UTF8.GetString(payload);
    }

    public async Task<byte[]> ReadBinaryAsync()
    {
        var (opcode, payload, _) = await ReadFrameAsync();
        Assert.Equal(BinaryOpcode, opcode);
        return payload;
    }

    /// <summary>Reads a close frame. The code is 0 if the frame has no payload.</summary>
    public async Task<(int Code, string Reason)> ReadCloseAsync()
    {
        var (opcode, payload, _) = await ReadFrameAsync();
        Assert.True(opcode == CloseOpcode, $"Expected a close frame, received opcode {opcode}: {Encoding.UTF8.GetString(payload)}");
        return payload.Length == 0 ? (0, "") : (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(2)));
    }

    /// <summary>
    /// Replies to a close frame, and waits until the server closes the connection. The server may already have reset the
    /// connection if the reply comes too late.
    /// </summary>
    public async Task CompleteCloseAsync()
    {
        try
        {
            await SendAsync(BuildFrame(CloseOpcode, [0x03, 0xE8]));
        }
        catch (SocketException)
        {
            return;
        }

        await _connection.ReadToEndAsync();
    }

    public void Dispose() => _connection.Dispose();
}
