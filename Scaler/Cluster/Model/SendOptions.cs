namespace Scaler;

/// <summary>Options for a send. The default sends to all connections and does not wait for receipts.</summary>
public readonly record struct SendOptions
{
    /// <summary>Gets the public id of a connection to exclude.</summary>
    public string? Except { get; init; }

    /// <summary>Gets the public id of the only connection to send to.</summary>
    public string? Only { get; init; }

    /// <summary>
    /// Gets a value indicating whether to wait for receipts. Each server that the send reaches reports how many of its
    /// connections queued the message. The wait ends after <see cref="ScalerClusterOptions.ReceiptTimeout"/>.
    /// </summary>
    public bool Receipts { get; init; }
}
