using System.Text.Json.Serialization;
using Scaler;
using Scaler.DirectSockets;
using StackExchange.Redis;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseDirectSockets();
builder.Services.AddSingleton<IConnectionMultiplexer>(
    ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("redis") ?? "localhost:6379"));

// The one line that a trimmed application adds: the source-generated JSON of its own types.
builder.Services.AddScaler(options => options.Json.TypeInfoResolverChain.Insert(0, AppJson.Default));
var app = builder.Build();

var server = app.Services.GetRequiredService<ScalerServer>();
server.On<Order>("order", async (connection, order, cancellationToken) =>
    await connection.Account.SendAsync("accepted", new Receipt(order!.Id, order.Amount * 2), cancellationToken));
server.Validate<Order>("order", order => order is { Amount: > 0 } ? null : "an order needs a positive amount");
server.On("error::validation", (eventName, error) => Console.WriteLine($"error::validation {eventName}: {error}"));

app.MapHealthChecks("/health");
app.MapScaler();
app.Run();

internal sealed record Order(string Id, int Amount);

internal sealed record Receipt(string OrderId, int Price);

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class AppJson : JsonSerializerContext;
