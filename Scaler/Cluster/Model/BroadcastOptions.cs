namespace Scaler;

/// <summary>Options for a broadcast. The default sends to all connections and does not wait for receipts.</summary>
public readonly record struct BroadcastOptions
{
    /// <summary>Gets the public id of a connection to exclude.</summary>
    public string? Except { get; init; }

    /// <inheritdoc cref="SendOptions.Receipts"/>
    public bool Receipts { get; init; }

    /// <inheritdoc cref="SendOptions.Volatile"/>
    public bool Volatile { get; init; }
}
