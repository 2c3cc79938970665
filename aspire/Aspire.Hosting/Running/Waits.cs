using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Holds a process back until what it waits for is healthy.</summary>
internal sealed class Waits(ResourceNotificationService notifications)
{
    public async Task WaitAsync(Replica replica, CancellationToken cancellationToken)
    {
        var ids = replica.Resource.Annotations.OfType<WaitAnnotation>()
            .Where(w => w.Resource is not ParameterResource)
            .SelectMany(w => InstancesAnnotation.IdsOf(w.Resource))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ids.Count == 0) return;

        replica.Publish(s => s with { State = new(KnownResourceStates.Waiting, KnownResourceStateStyles.Info) });
        await foreach (var e in notifications.WatchAsync(cancellationToken))
        {
            if (e.Snapshot.HealthStatus == HealthStatus.Healthy) ids.Remove(e.ResourceId);
            if (ids.Count == 0) return;
        }
    }
}
