using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Scaler.DirectSockets.Pipes;

internal sealed partial class SocketInput
{
    // The buffer size in bytes after a receive that filled its buffer: more data is probably waiting.
    private const int LargeReceive = 32 * 1024;

    private void Receive()
    {
        var buffer = _received.GetMemory(initialSize: _filled ? LargeReceive : SocketBuffer.MinSize).Span;
        try
        {
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            _received.Advance(count);
            _filled = count == buffer.Length;
            _drained = !_filled;
            if (count == 0 && error != SocketError.WouldBlock)
            {
                End(CreateException(error));
            }
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
        }

        if (_received.Unread.IsEmpty)
        {
            _received.Release();
        }
    }

    /// <summary>Peeks at the socket, and ends the input if the client has disconnected.</summary>
    /// <returns><see langword="true"/> if there is data to receive; otherwise, <see langword="false"/>.</returns>
    private bool PeekForData()
    {
        try
        {
            var count = _socket.Receive(stackalloc byte[1], SocketFlags.Peek, out var error);
            if (count == 0 && error != SocketError.WouldBlock)
            {
                End(CreateException(error));
            }

            return count > 0;
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
            return false;
        }
    }

    /// <summary>Creates the exception for the reader.</summary>
    /// <returns>The exception; <see langword="null"/> if the client has ended its side gracefully.</returns>
    private static ConnectionResetException? CreateException(SocketError error)
    {
        if (error == SocketError.Success)
        {
            return null;
        }

        var cause = new SocketException((int)error);
        return new ConnectionResetException(cause.Message, cause);
    }
}
