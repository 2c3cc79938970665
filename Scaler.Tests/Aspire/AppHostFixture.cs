using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Scaler.Tests.Aspire;

/// <summary>The whole topology, started once for all tests that look at it.</summary>
public sealed class AppHostFixture : IAsyncLifetime
{
    public const int Replicas = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private IDistributedApplicationTestingBuilder? _builder;

    public DistributedApplication App { get; private set; } = null!;

    /// <summary>A deadline for one test; what it waited for is named by the await that it ends.</summary>
    public static CancellationToken Deadline() => new CancellationTokenSource(Patience).Token;

    public async Task InitializeAsync()
    {
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Scaler_AppHost>(
            ["--Ports:Stream=0", "--Ports:Admin=0", "--Replicas=3"]);
        App = await _builder.BuildAsync();
        await App.StartAsync(Deadline());
        await App.ResourceNotifications.WaitForResourceHealthyAsync("admin", Deadline());
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        if (_builder is not null) await _builder.DisposeAsync();
    }

    /// <summary>The healthy processes of a resource, once there are as many as asked.</summary>
    public async Task<IReadOnlyList<ResourceEvent>> HealthyAsync(string resource, int count, CancellationToken cancellationToken)
    {
        var healthy = new Dictionary<string, ResourceEvent>();
        await foreach (var e in App.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (e.Resource.Name != resource) continue;
            if (e.Snapshot.HealthStatus == HealthStatus.Healthy) healthy[e.ResourceId] = e;
            else healthy.Remove(e.ResourceId);
            if (healthy.Count == count) return [.. healthy.Values];
        }

        throw new OperationCanceledException($"'{resource}' never had {count} healthy processes.");
    }
}
