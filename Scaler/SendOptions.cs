namespace Scaler;

/// <summary>How a send behaves. The default reaches all connections and waits for no receipt.</summary>
public readonly record struct SendOptions
{
    /// <summary>The id of a connection that is left out.</summary>
    public string? Except { get; init; }

    /// <summary>The id of the only connection that is meant.</summary>
    public string? Only { get; init; }

    /// <summary>Whether to wait until every server reached has said how many of its connections took the message, or <see cref="ScalerClusterOptions.ReceiptTimeout"/> is over.</summary>
    public bool Receipts { get; init; }
}
