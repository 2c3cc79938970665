using Scaler;
using Scaler.DirectSockets;
using Scaler.ServiceDefaults;
using Scaler.Stream;
using Scaler.Stream.Api;
using Scaler.Stream.Handlers;
using Scaler.Stream.Security;

return ServiceProgram.Run(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.WebHost.UseDirectSockets();
    builder.AddServiceDefaults();
    builder.AddRedis();
    builder.Services.AddScaler();
    builder.AddStreamSecurity();
    builder.Services.AddScalerErrorPublishing();
    builder.Services.AddHostedService<ErrorLogging>();
    builder.AddApi();

    var app = builder.Build();
    app.Services.GetRequiredService<ScalerServer>()
        .AddEcho()
        .AddChat();

    app.UseStreamSecurity();
    app.MapDefaultEndpoints();
    app.MapScaler();
    app.MapApi();
    return app;
});
