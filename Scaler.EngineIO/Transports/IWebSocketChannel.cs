namespace Scaler.EngineIO.Transports;

/// <summary>Represents the byte channel of a WebSocket, below its frames.</summary>
internal interface IWebSocketChannel
{
    /// <summary>
    /// Gets a value indicating whether <see cref="WriteAsync"/> copies the data that it cannot send at once. If so, the caller
    /// may release the data as soon as the call returns, before the returned task completes.
    /// </summary>
    bool CopiesPendingData { get; }

    /// <summary>
    /// Serves the WebSocket after the end of the upgrade request if the channel allows it; otherwise, within the request.
    /// </summary>
    /// <param name="serve">The function that serves the WebSocket until its end. It must not throw.</param>
    /// <returns>A task that completes when the request may end.</returns>
    Task ServeAsync(Func<Task> serve);

    /// <summary>
    /// Passes received data to the reader until the client has closed the WebSocket or the data ends, then completes the reader.
    /// Waits for data without a buffer. Does not throw.
    /// </summary>
    /// <param name="reader">The reader of the WebSocket.</param>
    Task ReceiveAsync(WebSocketReader reader);

    /// <summary>Passes data that has already arrived to the reader, without waiting.</summary>
    /// <param name="reader">The reader of the WebSocket.</param>
    /// <returns><see langword="true"/> if the reader has more data; otherwise, <see langword="false"/>.</returns>
    bool TryReceive(WebSocketReader reader);

    /// <summary>Writes data and flushes it.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data);

    /// <summary>Aborts the connection. Pending reads and writes end.</summary>
    void Abort();
}
