using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>The host as the entry point of an AppHost sees it in a test: the test starts, stops and disposes of it.</summary>
internal sealed class EntryPointHost(IHost host, Task started) : IHost
{
    public IServiceProvider Services => host.Services;

    public Task StartAsync(CancellationToken cancellationToken = default) => started.WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void Dispose()
    {
    }
}
