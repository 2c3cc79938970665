using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Scaler.DirectSockets.Pipes;

/// <summary>
/// Receives from a non-blocking socket, and holds the received bytes until the reader has consumed them. It holds memory only
/// while there are unread bytes.
/// </summary>
/// <param name="socket">The socket.</param>
internal struct SocketReceiver(Socket socket)
{
    // The buffer size in bytes after a receive that filled its buffer: more data is probably waiting.
    private const int LargeReceive = 32 * 1024;

    // Received and not consumed. The size has no limit: the reader decides how much it leaves unconsumed.
    private SocketBuffer _received;

    // The number of unconsumed bytes that the reader has already examined.
    private int _examined;

    private bool _filled;

    /// <summary>Gets the bytes that the reader has not consumed.</summary>
    public readonly ReadOnlySequence<byte> Unread => new(_received.Unread);

    /// <summary>Gets a value indicating whether there are bytes that the reader has not examined.</summary>
    public readonly bool HasNewData => _examined < _received.Unread.Length;

    /// <summary>
    /// Gets or sets a value indicating whether the socket has no more data, because the last receive did not fill its buffer.
    /// </summary>
    public bool IsDrained { readonly get; set; }

    /// <summary>Receives the available data.</summary>
    /// <param name="error">The exception for the reader; <see langword="null"/> if the client has ended its side gracefully.</param>
    /// <returns><see langword="false"/> if the input has ended; otherwise, <see langword="true"/>.</returns>
    public bool TryReceive(out Exception? error)
    {
        var open = true;
        error = null;
        var buffer = _received.GetMemory(initialSize: _filled ? LargeReceive : SocketBuffer.MinSize).Span;
        try
        {
            var count = socket.Receive(buffer, SocketFlags.None, out var result);
            _received.Advance(count);
            _filled = count == buffer.Length;
            IsDrained = !_filled;
            if (count == 0 && result != SocketError.WouldBlock)
            {
                (open, error) = (false, CreateException(result));
            }
        }
        catch (ObjectDisposedException exception)
        {
            (open, error) = (false, CreateException(exception));
        }

        if (_received.Unread.IsEmpty)
        {
            _received.Release();
        }

        return open;
    }

    /// <summary>Peeks at the socket without receiving.</summary>
    /// <param name="hasData"><see langword="true"/> if there is data to receive.</param>
    /// <param name="error">The exception for the reader; <see langword="null"/> if the client has ended its side gracefully.</param>
    /// <returns><see langword="false"/> if the input has ended; otherwise, <see langword="true"/>.</returns>
    public readonly bool TryPeek(out bool hasData, out Exception? error)
    {
        try
        {
            var count = socket.Receive(stackalloc byte[1], SocketFlags.Peek, out var result);
            hasData = count > 0;
            var open = hasData || result == SocketError.WouldBlock;
            error = open ? null : CreateException(result);
            return open;
        }
        catch (ObjectDisposedException exception)
        {
            hasData = false;
            error = CreateException(exception);
            return false;
        }
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var unread = Unread;
        if (unread.IsEmpty || consumed.GetObject() is null)
        {
            return;
        }

        // Positions count from the beginning of the array, not of the unread data.
        var length = consumed.GetInteger() - unread.Start.GetInteger();
        _examined = Math.Max(0, examined.GetInteger() - consumed.GetInteger());
        _received.Consume(length);
        if (length == unread.Length)
        {
            _received.Release();
        }
    }

    public void Release() => _received.Release();

    /// <summary>Creates the exception for the reader.</summary>
    /// <returns>The exception; <see langword="null"/> if the client has ended its side gracefully.</returns>
    public static Exception? CreateException(SocketError error)
    {
        if (error == SocketError.Success)
        {
            return null;
        }

        var cause = new SocketException((int)error);
        return new ConnectionResetException(cause.Message, cause);
    }

    private static ConnectionAbortedException CreateException(ObjectDisposedException cause) => new("The connection is closed.", cause);
}
