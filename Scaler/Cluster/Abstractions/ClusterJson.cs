using System.Text.Json.Serialization;

namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Provides JSON serialization without reflection for the values that servers store in Redis or exchange over the bus.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(ConnectionMetadata))]
[JsonSerializable(typeof(ScalerError))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionActivity>))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class ClusterJson : JsonSerializerContext;
