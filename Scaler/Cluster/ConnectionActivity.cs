namespace Scaler;

/// <summary>How a connection is at this moment, as the server that holds it says. Nobody writes it down.</summary>
/// <param name="Id">The connection's public id.</param>
/// <param name="LastSeen">When the client last gave a sign of life: its handshake, or a heartbeat.</param>
/// <param name="QueuedBytes">Bytes that wait to be sent to it.</param>
/// <param name="QueuedPackets">Packets that wait to be sent to it.</param>
public sealed record ConnectionActivity(string Id, DateTimeOffset LastSeen, int QueuedBytes, int QueuedPackets);
