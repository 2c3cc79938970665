using Microsoft.Extensions.Hosting;

namespace Scaler.EngineIO;

/// <summary>
/// Delays the host's shutdown until all sessions are closed and their <see cref="IEngineHandler.OnClosedAsync"/> calls have
/// completed.
/// </summary>
internal sealed class EngineShutdownService(EngineServer server) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync().WaitAsync(cancellationToken);
}
