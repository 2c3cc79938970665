using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>A WebSocket client that counts messages and verifies them if it has a check. Not thread-safe.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int TextOpcode = 1;
    private const int CloseOpcode = 8;
    private const int PingOpcode = 9;
    private const int ConnectionsPerAddress = 10_000;
    private static int _opened;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly WireProtocol _dialect;
    private readonly byte[]? _pong;
    private readonly FrameBuffer _buffer;
    private bool _closeSent;

    private LoadConnection(WireProtocol dialect, string account, int bufferSize)
    {
        _dialect = dialect;
        Account = account;
        _pong = dialect.Pong is { } pong ? ClientFrame.Encode(pong) : null;
        _buffer = new FrameBuffer(bufferSize);
    }

    /// <summary>
    /// Gets or sets the callback for received messages, called with the number of messages that arrived together.
    /// </summary>
    public Action<LoadConnection, int>? Received { get; set; }

    /// <summary>
    /// Gets or sets the check of received messages; <see langword="null"/> to count messages without a check. A message that the
    /// check ignores is not counted.
    /// </summary>
    public MessageCheck? Check { get; set; }

    public string Account { get; }

    public long Messages { get; private set; }

    public long Pings { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Gets the code of the server's close frame; <see langword="null"/> if none was received.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Connects to a server and waits until the session is open.</summary>
    public static async Task<LoadConnection> OpenAsync(
        IPEndPoint server, WireProtocol dialect, string account, CancellationToken cancellationToken, int bufferSize = 4096, int receiveBuffer = 0)
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
    /// <exception cref="InvalidDataException">The check has failed.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (!IsClosed)
            {
                ReadFrames();
                var read = await _socket.ReceiveAsync(_buffer.Free());
                if (read == 0)
                {
                    break;
                }

                _buffer.Append(read);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either side has closed the connection. The messages received so far count.
        }

        IsClosed = true;
    }

    /// <summary>Sends a close frame with code 1000 unless one was sent before, without waiting for the answer.</summary>
    public async Task CloseAsync()
    {
        if (!IsClosed && !Interlocked.Exchange(ref _closeSent, true))
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
        while ((head = _buffer.Unread.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReceiveMoreAsync(cancellationToken);
        }

        if (!_buffer.Unread.StartsWith("HTTP/1.1 101"u8))
        {
            throw new IOException($"{server} answered: {Encoding.ASCII.GetString(_buffer.Unread)}");
        }

        _buffer.Skip(head + 4);
        if (_dialect.Hello is { } hello)
        {
            await _socket.SendAsync(ClientFrame.Encode(hello), cancellationToken);
        }

        while (_dialect.SendsReadyFrame && !ReadFrames())
        {
            await ReceiveMoreAsync(cancellationToken);
        }
    }

    private async Task ReceiveMoreAsync(CancellationToken cancellationToken)
    {
        var read = await _socket.ReceiveAsync(_buffer.Free(), cancellationToken);
        if (read == 0)
        {
            throw new IOException("The server closed the connection before the session was open.");
        }

        _buffer.Append(read);
    }

    /// <summary>Handles all complete frames in the buffer.</summary>
    /// <returns><see langword="true"/> if a frame has opened the session; otherwise, <see langword="false"/>.</returns>
    private bool ReadFrames()
    {
        var ready = false;
        var messages = 0;
        while (_buffer.TryRead(out var opcode, out var payload))
        {
            switch (opcode)
            {
                case CloseOpcode:
                    CloseCode = payload.Length >= 2 ? (payload[0] << 8) | payload[1] : 1005;
                    _ = CloseAsync();
                    break;
                case PingOpcode:
                    Pings++;
                    _ = SendAsync(ClientFrame.Encode(ClientFrame.Pong, payload));
                    break;
                case TextOpcode:
                    ready |= ReadRecords(payload, ref messages);
                    break;
            }
        }

        if (messages > 0)
        {
            Messages += messages;
            Received?.Invoke(this, messages);
        }

        return ready;
    }

    private bool ReadRecords(ReadOnlySpan<byte> payload, ref int messages)
    {
        var ready = false;
        while (!payload.IsEmpty)
        {
            switch (_dialect.Read(ref payload, out var text))
            {
                case FrameKind.Message:
                    messages += Check?.Verify(text) ?? true ? 1 : 0;
                    break;
                case FrameKind.Ready:
                    ready = true;
                    break;
                case FrameKind.Ping:
                    Pings++;
                    _ = SendAsync(_pong);
                    break;
            }
        }

        return ready;
    }
}
