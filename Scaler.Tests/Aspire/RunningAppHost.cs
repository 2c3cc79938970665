using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Scaler.Tests.Aspire;

/// <summary>The topology of Scaler.AppHost, started through Aspire.Hosting.Testing.</summary>
public sealed class RunningAppHost : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);
    private readonly IDistributedApplicationTestingBuilder _builder;

    private RunningAppHost(IDistributedApplicationTestingBuilder builder, DistributedApplication app) => (_builder, App) = (builder, app);

    public DistributedApplication App { get; }

    /// <summary>Returns a token that is cancelled after two minutes; the await that it ends names the missing signal.</summary>
    public static CancellationToken Deadline() => new CancellationTokenSource(Timeout).Token;

    /// <summary>Starts the topology and waits until Admin is healthy, which is the last resource to start.</summary>
    public static async Task<RunningAppHost> StartAsync(bool dashboard, params string[] arguments)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Scaler_AppHost>(
            arguments, (options, _) => options.DisableDashboard = !dashboard);
        var app = await builder.BuildAsync();
        var running = new RunningAppHost(builder, app);
        try
        {
            await app.StartAsync(Deadline());
            await app.ResourceNotifications.WaitForResourceHealthyAsync("admin", Deadline());
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }

        return running;
    }

    /// <summary>Waits until a resource has the expected number of healthy processes.</summary>
    /// <returns>The last event of each process.</returns>
    public async Task<IReadOnlyList<ResourceEvent>> WaitForHealthyAsync(string resource, int count, CancellationToken cancellationToken)
    {
        var healthy = new Dictionary<string, ResourceEvent>();
        await foreach (var e in App.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (e.Resource.Name != resource) continue;
            if (e.Snapshot.HealthStatus == HealthStatus.Healthy && e.Snapshot.State?.Text == KnownResourceStates.Running) healthy[e.ResourceId] = e;
            else healthy.Remove(e.ResourceId);
            if (healthy.Count == count) return [.. healthy.Values];
        }

        throw new OperationCanceledException($"'{resource}' never had {count} healthy processes.");
    }

    /// <summary>Waits until a process is in an expected state.</summary>
    public Task WaitForStateAsync(string resource, string resourceId, Func<CustomResourceSnapshot, bool> expected, CancellationToken cancellationToken) =>
        App.ResourceNotifications.WaitForResourceAsync(resource, e => e.ResourceId == resourceId && expected(e.Snapshot), cancellationToken);

    /// <summary>Executes a command of the dashboard and fails the test if the command fails.</summary>
    public async Task ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resourceId, command, cancellationToken);
        Assert.True(result.Success, $"{command} of {resourceId}: {result.Message}");
    }

    /// <summary>
    /// Finds the process of a replica by the instance id in its environment. Aspire knows only the process of <c>dotnet run</c>, which has
    /// the same environment.
    /// </summary>
    public static Process FindServerProcess(string resourceId)
    {
        var instance = $"service.instance.id={resourceId[(resourceId.LastIndexOf('-') + 1)..]}";
        return Process.GetProcessesByName("Scaler.Stream").Single(
            process => File.ReadAllText($"/proc/{process.Id}/environ").Contains(instance, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _builder.DisposeAsync();
    }
}
