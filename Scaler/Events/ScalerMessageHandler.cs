namespace Scaler;

/// <summary>
/// Handles a message of one event. Messages of one connection are handled sequentially: the next message waits until the task
/// completes.
/// </summary>
/// <param name="connection">The connection of the sender.</param>
/// <param name="message">The message. Its bytes are valid until the task completes.</param>
/// <param name="cancellationToken">The token that is cancelled when the connection ends.</param>
/// <returns>A task that completes when the message is handled.</returns>
public delegate ValueTask ScalerMessageHandler(
    ScalerConnection connection, ScalerMessage message, CancellationToken cancellationToken);
