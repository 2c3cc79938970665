using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves the resources to the dashboard, over gRPC on a port of loopback, to who knows the key.</summary>
internal sealed class ResourceServer(
    DashboardSettings settings, ResourceNotificationService notifications, ResourceLoggerService consoles,
    ResourceCommandService commands, IHostEnvironment environment) : IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // What goes wrong here is told to the dashboard, call by call.
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(settings.Resources.Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ApiKeyInterceptor>());
        builder.Services.AddSingleton(settings).AddSingleton(notifications).AddSingleton(consoles).AddSingleton(commands);
        builder.Services.AddSingleton(new ApplicationName(environment.ApplicationName));

        var app = builder.Build();
        app.MapGrpcService<ResourceService>();
        await app.StartAsync(cancellationToken);
        _app = app;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }
}
