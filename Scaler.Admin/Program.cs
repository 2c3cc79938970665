using Scaler;
using Scaler.Admin.Configuration;
using Scaler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.RequireRedis().AddRedisClient("redis");
builder.Services.AddScalerCluster();
builder.AddAdmin();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapAdmin();
app.Run();
