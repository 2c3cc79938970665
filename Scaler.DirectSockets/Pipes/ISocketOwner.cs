using Microsoft.AspNetCore.Connections;

namespace Scaler.DirectSockets.Pipes;

/// <summary>Represents the owner of a socket's input and output.</summary>
internal interface ISocketOwner
{
    /// <summary>Handles the end of the input: the client sends no more data. Called once, from any thread.</summary>
    void OnInputEnded();

    /// <summary>Handles the end of the output: all data has been sent, and the connection closes gracefully.</summary>
    void OnOutputEnded();

    /// <summary>Aborts the connection.</summary>
    /// <param name="reason">The reason, which the reader gets.</param>
    void Abort(ConnectionAbortedException reason);
}
