using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>The application as a test sees it: the entry point of the AppHost goes along with what the test does.</summary>
internal sealed class TestedApplication(IHost host, EntryPointSession? session) : DistributedApplication(host)
{
    private int _running;

    public override async Task StartAsync(CancellationToken cancellationToken = default)
    {
        _running = 1;
        await base.StartAsync(cancellationToken);
        session?.Started();
    }

    public override async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _running, 0) == 1) await base.StopAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        session?.Over();
        await base.DisposeAsync();
    }
}
