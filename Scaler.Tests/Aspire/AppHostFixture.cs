using Aspire.Hosting;

namespace Scaler.Tests.Aspire;

/// <summary>The topology with the embedded Redis and without the dashboard, started once for all tests of the collection.</summary>
public sealed class AppHostFixture : IAsyncLifetime
{
    public const int Replicas = 3;

    public RunningAppHost Running { get; private set; } = null!;

    public DistributedApplication App => Running.App;

    public async Task InitializeAsync() =>
        Running = await RunningAppHost.StartAsync(dashboard: false, "--Ports:Stream=0", "--Ports:Admin=0", $"--Replicas={Replicas}");

    public async Task DisposeAsync() => await Running.DisposeAsync();
}
