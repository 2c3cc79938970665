using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Sessions;

/// <summary>Represents a transport that sends the packets of a session to the client: a held poll or a WebSocket.</summary>
internal interface ISessionTransport
{
    /// <summary>
    /// Signals that the queue contains packets. Called without locks, from any thread, even if the transport is already sending.
    /// </summary>
    void OutputAvailable();

    /// <summary>
    /// Signals that a broadcast has queued a message. Unlike <see cref="OutputAvailable"/>, the write may be left to another
    /// thread.
    /// </summary>
    void BroadcastOutputAvailable();

    /// <summary>Ends the transport after it has sent the queued packets. Only the first call has an effect.</summary>
    /// <param name="code">The code of the close frame. A held poll ignores it.</param>
    /// <param name="reason">The text of the close frame. A held poll ignores it.</param>
    void Close(WebSocketCloseCode code, string reason);
}
