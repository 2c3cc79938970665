namespace Scaler;

/// <summary>
/// Represents the current state of a connection, as reported by the server that holds it. It is not stored anywhere.
/// </summary>
/// <param name="Id">The connection's public ID.</param>
/// <param name="LastSeen">The time of the client's last handshake or heartbeat.</param>
/// <param name="QueuedBytes">The number of bytes queued for the client.</param>
/// <param name="QueuedPackets">The number of packets queued for the client.</param>
public sealed record ConnectionActivity(string Id, DateTimeOffset LastSeen, int QueuedBytes, int QueuedPackets);
