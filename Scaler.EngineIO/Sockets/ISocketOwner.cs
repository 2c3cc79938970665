using Microsoft.AspNetCore.Connections;

namespace Scaler.EngineIO.Sockets;

/// <summary>What a socket's input and output belong to.</summary>
internal interface ISocketOwner
{
    /// <summary>Nothing more comes from the client. Called once, from any thread.</summary>
    void InputEnded();

    /// <summary>Everything has been sent that will be: the connection ends in good order.</summary>
    void OutputEnded();

    /// <summary>Cuts the connection.</summary>
    /// <param name="reason">Why, for whoever reads.</param>
    void Abort(ConnectionAbortedException reason);
}
