using Microsoft.AspNetCore.Connections;

namespace Scaler.EngineIO.Connections;

/// <summary>
/// Marks a transport whose connections send inline on the thread that flushes, instead of dispatching to a send loop. The server
/// then spreads the writes of a broadcast over the cores.
/// </summary>
public interface IInlineSendTransport : IConnectionListenerFactory;
