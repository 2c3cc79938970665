using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>A WebSocket client that only counts messages. Not thread-safe.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const byte OpcodeMask = 0x0F;
    private const int ConnectionsPerAddress = 10_000;
    private static int _opened;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dialect _dialect;
    private readonly byte[]? _pong;
    private byte[] _buffer;
    private int _end;

    private LoadConnection(Dialect dialect, string account, int bufferSize)
    {
        _dialect = dialect;
        Account = account;
        _pong = dialect.Pong is { } pong ? ClientFrame.Encode(pong) : null;
        _buffer = new byte[bufferSize];
    }

    /// <summary>
    /// Gets or sets the callback for received messages, called with the number of messages that arrived together.
    /// </summary>
    public Action<LoadConnection, int>? Received { get; set; }

    public string Account { get; }

    public long Messages { get; private set; }

    public long Pings { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Gets the code of the server's close frame; <see langword="null"/> if none was received.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Gets or sets a timestamp for the user of the connection, such as the time of the last send.</summary>
    public long Stamp { get; set; }

    /// <summary>Connects to a server and waits until the session is open.</summary>
    public static async Task<LoadConnection> OpenAsync(
        IPEndPoint server, Dialect dialect, string account, CancellationToken cancellationToken, int bufferSize = 4096, int receiveBuffer = 0)
    {
        var connection = new LoadConnection(dialect, account, bufferSize);
        try
        {
            if (receiveBuffer > 0)
            {
                connection._socket.ReceiveBufferSize = receiveBuffer;
            }

            // A pair of addresses has about 28,000 ephemeral ports, so spread the connections over several loopback addresses.
            connection._socket.Bind(new IPEndPoint(
                new IPAddress([127, 0, 0, (byte)(1 + (Interlocked.Increment(ref _opened) / ConnectionsPerAddress % 200))]), 0));
            await connection._socket.ConnectAsync(server, cancellationToken);
            await connection.OpenAsync(server, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> frames)
    {
        try
        {
            while (!frames.IsEmpty)
            {
                frames = frames[await _socket.SendAsync(frames)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            IsClosed = true;
        }
    }

    /// <summary>Receives until the connection is closed.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!IsClosed)
            {
                ReadFrames();
                if (_end == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }

                var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
                if (read == 0)
                {
                    break;
                }

                _end += read;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either side has closed the connection. The messages received so far count.
        }

        IsClosed = true;
    }

    /// <summary>Sends a close frame with code 1000, without waiting for the answer.</summary>
    public async Task CloseAsync()
    {
        if (!IsClosed)
        {
            await SendAsync(ClientFrame.Encode(ClientFrame.Close, [0x03, 0xE8]));
        }
    }

    public void Dispose()
    {
        IsClosed = true;
        _socket.Dispose();
    }

    private async Task OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var request = $"GET {_dialect.Target(Account)} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        int head;
        while ((head = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReceiveMoreAsync(cancellationToken);
        }

        if (!_buffer.AsSpan(0, _end).StartsWith("HTTP/1.1 101"u8))
        {
            throw new IOException($"{server} answered: {Encoding.ASCII.GetString(_buffer, 0, _end)}");
        }

        Consume(head + 4);
        if (_dialect.Hello is { } hello)
        {
            await _socket.SendAsync(ClientFrame.Encode(hello), cancellationToken);
        }

        while (_dialect.TellsReady && !ReadFrames())
        {
            await ReceiveMoreAsync(cancellationToken);
        }
    }

    private async Task ReceiveMoreAsync(CancellationToken cancellationToken)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        if (read == 0)
        {
            throw new IOException("The server closed the connection before the session was open.");
        }

        _end += read;
    }

    /// <summary>Handles all complete frames in the buffer.</summary>
    /// <returns><see langword="true"/> if a frame has opened the session; otherwise, <see langword="false"/>.</returns>
    private bool ReadFrames()
    {
        var ready = false;
        var messages = 0;
        var position = 0;
        while (TryReadFrame(ref position, out var opcode, out var payload))
        {
            switch (opcode)
            {
                case ClientFrame.Close & OpcodeMask:
                    CloseCode = payload.Length >= 2 ? (payload[0] << 8) | payload[1] : 1005;
                    break;
                case 9:
                    Pings++;
                    _ = SendAsync(ClientFrame.Encode(ClientFrame.Pong, payload));
                    break;
                case 1 when payload.Length > 0:
                    var meaning = _dialect.Read(payload, out var count);
                    messages += count;
                    ready |= meaning == Meaning.Ready;
                    if (meaning == Meaning.Ping)
                    {
                        Pings++;
                        _ = SendAsync(_pong);
                    }

                    break;
            }
        }

        Consume(position);
        if (messages > 0)
        {
            Messages += messages;
            Received?.Invoke(this, messages);
        }

        return ready;
    }

    private bool TryReadFrame(ref int position, out int opcode, out ReadOnlySpan<byte> payload)
    {
        var source = _buffer.AsSpan(position, _end - position);
        opcode = 0;
        payload = default;
        if (source.Length < 2)
        {
            return false;
        }

        long length = source[1];
        var header = length switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        if (source.Length < header)
        {
            return false;
        }

        length = header switch
        {
            4 => (source[2] << 8) | source[3],
            10 => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(source[2..]),
            _ => length,
        };
        if (source.Length < header + length)
        {
            return false;
        }

        opcode = source[0] & OpcodeMask;
        payload = source.Slice(header, (int)length);
        position += header + (int)length;
        return true;
    }

    private void Consume(int count)
    {
        _buffer.AsSpan(count, _end - count).CopyTo(_buffer);
        _end -= count;
    }
}
