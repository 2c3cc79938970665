namespace Scaler;

/// <summary>Represents one connection of an account, as stored in the registry.</summary>
public sealed record ScalerConnectionInfo
{
    /// <summary>Gets the connection's public ID.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the ID of the server that holds the connection.</summary>
    public required string Server { get; init; }

    /// <summary>Gets the connection's transport, after an upgrade if there was one: <c>polling</c> or <c>websocket</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>Gets the version of the Engine.IO protocol: 4 or 3.</summary>
    public int ProtocolVersion { get; init; }

    /// <summary>Gets the client's address, or <see langword="null"/> if it is unknown.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>
    /// Gets the client's <c>User-Agent</c> header, truncated to 256 characters, or <see langword="null"/> if it is unknown.
    /// </summary>
    public string? UserAgent { get; init; }

    /// <summary>Gets the time when the client connected.</summary>
    public DateTimeOffset Since { get; init; }
}
