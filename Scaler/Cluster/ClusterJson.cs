using System.Text.Json.Serialization;

namespace Scaler.Cluster;

/// <summary>The JSON of what servers keep in Redis; written and read without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(ConnectionFacts))]
[JsonSerializable(typeof(ScalerError))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionActivity>))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class ClusterJson : JsonSerializerContext;
