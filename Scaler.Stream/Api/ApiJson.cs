using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scaler.Stream.Api;

/// <summary>Provides source-generated JSON metadata for the request and response bodies of the API.</summary>
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
