using Scaler.Redis;
using Scaler.ServiceDefaults;

return ServiceProgram.Run(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.Services.AddHostedService<EmbeddedRedis>();
    builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");

    var app = builder.Build();
    app.MapDefaultEndpoints();
    return app;
});
