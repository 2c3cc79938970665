namespace Scaler;

/// <summary>Business logic for one event. The calls for one connection never overlap; the next message waits until the task completes.</summary>
/// <param name="connection">Who sent it.</param>
/// <param name="message">The message; its bytes are valid until the task completes.</param>
/// <param name="cancellationToken">Cancelled when the connection ends.</param>
public delegate ValueTask ScalerMessageHandler(ScalerConnection connection, ScalerMessage message, CancellationToken cancellationToken);
