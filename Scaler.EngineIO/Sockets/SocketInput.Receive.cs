using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

internal sealed partial class SocketInput
{
    // Where all the room there was has been filled at once, more is behind it.
    private const int MoreRoom = 32 * 1024;

    private void Receive()
    {
        var room = _received.MakeRoom(_filled ? MoreRoom : ReceiveBuffer.Smallest).Span;
        try
        {
            var count = _socket.Receive(room, SocketFlags.None, out var error);
            _received.Add(count);
            _filled = count == room.Length;
            _drained = !_filled;
            if (count == 0 && error != SocketError.WouldBlock)
            {
                End(Failure(error));
            }
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
        }

        if (_received.Unread.IsEmpty)
        {
            _received.Free();
        }
    }

    /// <summary>Whether there is something to receive; where there is the client's end instead, it is noticed.</summary>
    private bool LookForEnd()
    {
        try
        {
            var count = _socket.Receive(stackalloc byte[1], SocketFlags.Peek, out var error);
            if (count == 0 && error != SocketError.WouldBlock)
            {
                End(Failure(error));
            }

            return count > 0;
        }
        catch (ObjectDisposedException exception)
        {
            End(new ConnectionAbortedException("The connection is closed.", exception));
            return false;
        }
    }

    /// <summary>What the reader fails with; nothing where the client has ended its side in good order.</summary>
    private static ConnectionResetException? Failure(SocketError error)
    {
        if (error == SocketError.Success)
        {
            return null;
        }

        var cause = new SocketException((int)error);
        return new ConnectionResetException(cause.Message, cause);
    }
}
