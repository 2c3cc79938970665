using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Tests.Helpers;

/// <summary>A TCP connection to a server, for requests that no regular HTTP client sends.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    private RawConnection(Socket socket, int buffer) => (_socket, _buffer) = (socket, new byte[buffer]);

    /// <summary>
    /// Connects. With a small receive buffer, the server soon experiences back-pressure when the test does not read.
    /// </summary>
    public static async Task<RawConnection> ConnectAsync(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(IPAddress.Loopback, port).WithTimeout("the connection");
        return new RawConnection(socket, receiveBuffer ?? 64 * 1024);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes).AsTask().WithTimeout("the socket to send")..];
        }
    }

    /// <summary>Reads the status line and the headers, including the empty line that ends them.</summary>
    public async Task<string> ReadHeadersAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)await ReadByteAsync());
        }

        return head.ToString();
    }

    public async Task<byte> ReadByteAsync()
    {
        if (_start == _end && !await FillAsync())
        {
            throw new EndOfStreamException("The server closed the connection.");
        }

        return _buffer[_start++];
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
        {
            bytes[index] = await ReadByteAsync();
        }

        return bytes;
    }

    /// <summary>Reads and discards a number of bytes.</summary>
    public async Task SkipAsync(int count)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync())
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            var skipped = Math.Min(count, _end - _start);
            _start += skipped;
            count -= skipped;
        }
    }

    /// <summary>Reads until the server closes or resets the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        try
        {
            do
            {
                text.Append(Encoding.UTF8.GetString(_buffer, _start, _end - _start));
                _start = _end;
            }
            while (await FillAsync());
        }
        catch (SocketException)
        {
            // The server reset the connection.
        }

        return text.ToString();
    }

    /// <summary>Closes the connection with a TCP reset, as the operating system does when a client process crashes.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await _socket.ReceiveAsync(_buffer).WithTimeout("bytes from the server");
        return _end > 0;
    }
}
