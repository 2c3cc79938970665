using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>A keep-alive HTTP/1.1 connection that sends pre-encoded requests with little overhead.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[4096];
    private int _end;

    public static async Task<HttpConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken = default)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(server, cancellationToken);
        return connection;
    }

    public static byte[] Get(string target) => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public static byte[] Post(string target, string body, string headers = "Content-Type: text/plain;charset=UTF-8\r\n") =>
        Encoding.ASCII.GetBytes(
            $"POST {target} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");

    public static async Task<bool> AcceptsAsync(ServerProcess server)
    {
        using var connection = await OpenAsync(server.EndPoint);
        return true;
    }

    public static async Task<bool> IsHealthyAsync(ServerProcess server)
    {
        using var connection = await OpenAsync(server.EndPoint);

        // A server without a health endpoint answers 404, and is running.
        return (await connection.SendAsync(Get("/health"))).Status < 500;
    }

    /// <summary>Sends a request and returns the status and body of the response. The body is valid until the next call.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(ReadOnlyMemory<byte> request)
    {
        _end = 0;
        await _socket.SendAsync(request);
        int head;
        while ((head = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReceiveAsync();
        }

        var status = int.Parse(_buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var start = head + 4;
        if (Header(_buffer.AsSpan(0, head), "content-length: "u8) is { } length)
        {
            while (_end < start + length)
            {
                await ReceiveAsync();
            }

            return (status, _buffer.AsMemory(start, length));
        }

        // Chunked: "2\r\nok\r\n0\r\n\r\n". Callers do not use such a body, so only its end matters.
        while (status is not (204 or 304) && !_buffer.AsSpan(head, _end - head).EndsWith("0\r\n\r\n"u8))
        {
            await ReceiveAsync();
        }

        return (status, _buffer.AsMemory(start, _end - start));
    }

    public void Dispose() => _socket.Dispose();

    private static int? Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return int.Parse(line[name.Length..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    private async ValueTask ReceiveAsync()
    {
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += read > 0 ? read : throw new IOException("The server closed the connection.");
    }
}
