using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scaler.Cluster;

/// <summary>What the registry keeps of a connection, in few bytes.</summary>
internal sealed record ConnectionFacts
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

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ClusterJson.Default.ConnectionFacts);

    /// <summary>Reads facts, of any version of this library: what cannot be read is left out, the connection is not.</summary>
    public static ConnectionInfo Read(string id, string server, ReadOnlySpan<byte> facts)
    {
        ConnectionFacts? read = null;
        try
        {
            read = facts.IsEmpty ? null : JsonSerializer.Deserialize(facts, ClusterJson.Default.ConnectionFacts);
        }
        catch (JsonException)
        {
        }

        read ??= new ConnectionFacts();
        return new ConnectionInfo
        {
            Id = id,
            Server = server,
            Transport = read.Transport,
            ProtocolVersion = read.ProtocolVersion,
            RemoteAddress = read.RemoteAddress,
            UserAgent = read.UserAgent,
            Since = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(read.SinceUnixMilliseconds, 0, 253402300799999)),
        };
    }
}
