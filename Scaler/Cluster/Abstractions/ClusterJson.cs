using System.Text.Json.Serialization;

namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Provides JSON serialization without reflection for the values that servers store in Redis or exchange over the bus.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(ConnectionMetadata))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionActivity>))]
internal sealed partial class ClusterJson : JsonSerializerContext;
