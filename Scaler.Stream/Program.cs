using Scaler;
using Scaler.ServiceDefaults;
using Scaler.Stream;
using Scaler.Stream.Api;
using Scaler.Stream.Handlers;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis");
builder.Services.AddScaler();
builder.Services.AddScalerErrorPublishing();
builder.Services.AddHostedService<ErrorLogging>();
builder.AddApi();

var app = builder.Build();
app.Services.GetRequiredService<ScalerServer>()
    .AddEcho()
    .AddChat();

app.MapDefaultEndpoints();
app.MapScaler();
app.MapApi();
app.Run();
