using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Running;

/// <summary>Runs the application: gives endpoints their ports, starts the processes in order, and ends them in reverse.</summary>
internal sealed class ApplicationRunner(
    ResourceModel model, EndpointAllocation endpoints, StaticResources others, ReplicaServices services) : IHostedService, IAsyncDisposable
{
    private readonly List<Replica> _replicas = [];
    private Task _started = Task.CompletedTask;

    public IReadOnlyList<Replica> Replicas => _replicas;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var projects = model.Resources.OfType<ProjectResource>().ToList();
        foreach (var project in projects) _replicas.AddRange(Plan(project));
        var refused = endpoints.Allocate(_replicas);
        foreach (var replica in _replicas) await ReplicaSnapshot.PublishAsync(replica, services.Time, cancellationToken);
        await others.PublishAsync(cancellationToken);

        _started = Task.WhenAll(_replicas.Where(r => !refused.Contains(r.Resource)).Select(r => r.StartAsync(services.Stopping)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // What waits for another one may need it to end well, so it ends first. They share one patience, so that all is
        // over in little more than that.
        using var patience = new CancellationTokenSource(Replica.StopPatience, services.Time);
        var left = _replicas.ToList();
        while (left.Count > 0)
        {
            var needed = left.SelectMany(r => r.Resource.Annotations.OfType<WaitAnnotation>()).Select(w => w.Resource).ToHashSet();
            var last = left.Where(r => !needed.Contains(r.Resource)).ToList();
            if (last.Count == 0) last = [.. left];
            await Task.WhenAll(last.Select(r => r.EndAsync(patience.Token)));
            left = [.. left.Except(last)];
        }

        await _started;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.EndAsync(new CancellationToken(canceled: true));
        await endpoints.DisposeAsync();
        foreach (var replica in _replicas) replica.Dispose();
        _replicas.Clear();
    }

    private List<Replica> Plan(ProjectResource project)
    {
        var count = project.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        var replicas = Enumerable.Range(0, count).Select(_ => new Replica(
            project,
            RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8),
            EndpointAllocation.Ports(project, count),
            services)).ToList();
        project.Annotations.Add(new InstancesAnnotation([.. replicas.Select(r => r.Id)]));
        return replicas;
    }
}
