using System.Text.Json.Serialization;

namespace Scaler;

/// <summary>Provides JSON serialization without reflection for error events and audit entries in Redis.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScalerError))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class ErrorJson : JsonSerializerContext;
