namespace Scaler;

/// <summary>One connection of an account, as the registry knows it.</summary>
public sealed record ConnectionInfo
{
    /// <summary>The connection's public id.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the server that holds it.</summary>
    public required string Server { get; init; }

    /// <summary>The transport it opened or upgraded to: <c>polling</c> or <c>websocket</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>The Engine.IO protocol's version: 4 or 3.</summary>
    public int ProtocolVersion { get; init; }

    /// <summary>The client's address, if known.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>The client's <c>User-Agent</c>, cut to 256 characters.</summary>
    public string? UserAgent { get; init; }

    /// <summary>When it connected.</summary>
    public DateTimeOffset Since { get; init; }
}
