using Scaler;
using Scaler.Admin.Configuration;
using Scaler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.RequireRedis().AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
builder.Services.AddScalerCluster();
builder.AddAdmin();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapAdmin();
app.Run();
