using Scaler;
using Scaler.Admin.Configuration;
using Scaler.ServiceDefaults;

return ServiceProgram.Run(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddRedis();
    builder.Services.AddScalerCluster();
    builder.AddAdmin();

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapAdmin();
    return app;
});
