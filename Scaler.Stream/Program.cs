using Scaler;
using Scaler.ServiceDefaults;
using Scaler.Stream;
using Scaler.Stream.Handlers;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis");
builder.Services.AddScaler();
builder.Services.AddScalerErrorPublishing();
builder.Services.AddHostedService<ErrorLogging>();

var app = builder.Build();
app.Services.GetRequiredService<ScalerServer>()
    .AddEcho()
    .AddChat();

app.MapDefaultEndpoints();
app.MapScaler();
app.Run();
