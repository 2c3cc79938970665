using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scaler.Stream.Api;

/// <summary>How the API's bodies are read and written, made at build time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(SendResult))]
[JsonSerializable(typeof(AccountPage))]
[JsonSerializable(typeof(AccountDetails))]
[JsonSerializable(typeof(ServerList))]
[JsonSerializable(typeof(ServerStateChange))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(int?))]
internal sealed partial class ApiJson : JsonSerializerContext;
