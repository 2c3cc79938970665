using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scaler.Cluster.Abstractions;

/// <summary>Represents the metadata that the registry stores for a connection, in a compact form.</summary>
internal sealed record ConnectionMetadata
{
    [JsonPropertyName("t")]
    public string Transport { get; init; } = "";

    [JsonPropertyName("v")]
    public int ProtocolVersion { get; init; }

    [JsonPropertyName("a"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RemoteAddress { get; init; }

    [JsonPropertyName("u"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserAgent { get; init; }

    [JsonPropertyName("s")]
    public long SinceUnixMilliseconds { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ClusterJson.Default.ConnectionMetadata);

    /// <summary>
    /// Reads metadata written by any version of this library. If the metadata cannot be read, the connection is returned without
    /// it.
    /// </summary>
    public static ScalerConnectionInfo Read(string id, string server, ReadOnlySpan<byte> facts)
    {
        ConnectionMetadata? metadata = null;
        try
        {
            metadata = facts.IsEmpty ? null : JsonSerializer.Deserialize(facts, ClusterJson.Default.ConnectionMetadata);
        }
        catch (JsonException)
        {
        }

        metadata ??= new ConnectionMetadata();
        return new ScalerConnectionInfo
        {
            Id = id,
            Server = server,
            Transport = metadata.Transport,
            ProtocolVersion = metadata.ProtocolVersion,
            RemoteAddress = metadata.RemoteAddress,
            UserAgent = metadata.UserAgent,
            Since = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(metadata.SinceUnixMilliseconds, 0, 253402300799999)),
        };
    }
}
