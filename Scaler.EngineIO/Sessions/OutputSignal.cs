namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Decides when the transport of a session is signalled to write, and records whether it is writing. Batches the output while
/// received messages are handled. The session's lock guards it.
/// </summary>
internal struct OutputSignal
{
    // Messages sent while received messages are handled are batched into one write, up to this size.
    private const int MaxCorkedBytes = 64 * 1024;

    // The transport that sends the packets, or null while a polling session has no held poll.
    private ISessionTransport? _transport;
    private bool _corked;

    // The transport has been signalled, or is writing.
    private bool _isWriting;

    /// <summary>
    /// Gets a value indicating whether a transport can write now. A packet that waits only for the end of a batch does not count
    /// as being written, because the batch does not wait for the client.
    /// </summary>
    public readonly bool IsWritable => _transport is not null && !_isWriting;

    /// <param name="transport">The transport, or <see langword="null"/>.</param>
    /// <param name="hasOutput"><see langword="true"/> if packets are queued; otherwise, <see langword="false"/>.</param>
    public void SetTransport(ISessionTransport? transport, bool hasOutput) => (_transport, _isWriting) = (transport, hasOutput);

    /// <summary>Starts to batch the output.</summary>
    public void Cork() => _corked = true;

    /// <summary>Stops batching.</summary>
    /// <returns>The transport to signal after the lock is released, or <see langword="null"/>.</returns>
    public ISessionTransport? Uncork(bool hasOutput)
    {
        _corked = false;
        return hasOutput ? Flush() : null;
    }

    /// <summary>Signals queued output, unless it is batched.</summary>
    /// <param name="queuedBytes">The cost of the queued packets.</param>
    /// <returns>The transport to signal after the lock is released, or <see langword="null"/>.</returns>
    public ISessionTransport? OutputQueued(int queuedBytes) => _corked && queuedBytes < MaxCorkedBytes ? null : Flush();

    /// <summary>Signals queued output, even if it is batched.</summary>
    /// <returns>The transport to signal after the lock is released, or <see langword="null"/>.</returns>
    public ISessionTransport? Flush()
    {
        _isWriting = true;
        return _transport;
    }

    /// <summary>Records that the WebSocket has begun or ended a write.</summary>
    /// <param name="isWriting">
    /// <see langword="true"/> if the WebSocket writes, or will write the queued packets; otherwise, <see langword="false"/>.
    /// </param>
    public void SetWriting(bool isWriting) => _isWriting = isWriting;
}
