namespace Scaler;

/// <summary>
/// Options for a send to an account. The default sends to all connections and does not wait for receipts.
/// </summary>
public readonly record struct SendOptions
{
    /// <summary>Gets the public id of a connection to exclude. Cannot be combined with <see cref="Only"/>.</summary>
    public string? Except { get; init; }

    /// <summary>Gets the public id of the only connection to send to. Cannot be combined with <see cref="Except"/>.</summary>
    public string? Only { get; init; }

    /// <summary>
    /// Gets a value indicating whether to wait for receipts. Each server that the send reaches reports how many of its
    /// connections queued the message. The wait ends after <see cref="ScalerClusterOptions.ReceiptTimeout"/>.
    /// </summary>
    public bool Receipts { get; init; }

    /// <summary>
    /// Gets a value indicating whether the message is dropped for connections to which it cannot be written immediately: the
    /// WebSocket is still writing other messages, or no poll request is held. For messages that are only useful immediately.
    /// Connections that dropped the message do not count in <see cref="SendResult.Connections"/>; for other servers, this
    /// requires <see cref="Receipts"/>.
    /// </summary>
    public bool Volatile { get; init; }

    /// <exception cref="ArgumentException">The options have both an only and an excluded connection.</exception>
    internal void ThrowIfInvalid()
    {
        if (Only is not null && Except is not null)
        {
            throw new ArgumentException($"{nameof(Only)} and {nameof(Except)} cannot be combined.");
        }
    }
}
