using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Stands in for Aspire's class of the same name: the state of every resource, and each change of it. Behaviours of
/// waiting other than the default one are not offered. The lock guards both collections; channels are unbounded, so
/// writing to them under it neither waits nor calls anybody.
/// </summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];

    internal ResourceNotificationService()
    {
    }

    /// <summary>Waits until an instance of a resource is in a state.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="targetState">The state; running where it is null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When it is.</returns>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until an instance of a resource is in one of several states.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="targetStates">The states.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The state it is in.</returns>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var found = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.State is { } state && targetStates.Contains(state.Text, StringComparer.OrdinalIgnoreCase),
            cancellationToken);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until an instance of a resource is as asked.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="predicate">What is asked.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The instance as it is then.</returns>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var e in WatchAsync(cancellationToken))
        {
            if (e.Resource.Name.Equals(resourceName, StringComparison.OrdinalIgnoreCase) && predicate(e)) return e;
        }

        throw new OperationCanceledException($"The resource '{resourceName}' was not as asked before the application ended.");
    }

    /// <summary>Waits until an instance of a resource runs and its health checks say that it is well.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The instance as it is then.</returns>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy,
            cancellationToken);

    /// <summary>The state of an instance.</summary>
    /// <param name="resourceId">The instance, or the resource where it has only one.</param>
    /// <param name="resourceEvent">Its state.</param>
    /// <returns>Whether there is such an instance.</returns>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            if (_current.TryGetValue(resourceId, out resourceEvent)) return true;
            var named = _current.Values.Where(e => e.Resource.Name.Equals(resourceId, StringComparison.OrdinalIgnoreCase)).ToList();
            resourceEvent = named.Count == 1 ? named[0] : null;
            return resourceEvent is not null;
        }
    }

    /// <summary>The state of every instance, then each change.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The states.</returns>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_lock)
        {
            foreach (var e in _current.Values) channel.Writer.TryWrite(e);
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var e in channel.Reader.ReadAllAsync(cancellationToken)) yield return e;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel);
        }
    }

    /// <summary>Changes the state of every instance of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stateFactory">Makes the new state of the present one.</param>
    /// <returns>When it is changed.</returns>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in InstancesAnnotation.IdsOf(resource)) Publish(resource, id, stateFactory);
        return Task.CompletedTask;
    }

    /// <summary>Changes the state of an instance.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">The instance.</param>
    /// <param name="stateFactory">Makes the new state of the present one.</param>
    /// <returns>When it is changed.</returns>
    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        Publish(resource, resourceId, stateFactory);
        return Task.CompletedTask;
    }

    internal IReadOnlyList<ResourceEvent> Current()
    {
        lock (_lock) return [.. _current.Values];
    }

    internal void Publish(IResource resource, string id, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        // A change is made of the present state, so it has to be applied under the lock; the factories only copy records.
        lock (_lock)
        {
            var present = _current.GetValueOrDefault(id)?.Snapshot ?? new() { ResourceType = resource.GetType().Name, Properties = [] };
            var e = new ResourceEvent(resource, id, change(present));
            _current[id] = e;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(e);
        }
    }
}
