using Microsoft.Extensions.Hosting;

namespace Scaler.EngineIO;

/// <summary>Keeps the host from ending before the application has been told of the end of its sessions.</summary>
internal sealed class EngineShutdownService(EngineServer server) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync().WaitAsync(cancellationToken);
}
