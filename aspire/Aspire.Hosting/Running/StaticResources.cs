using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>Publishes what has no process: parameters and connection strings. They are there as soon as they have a value.</summary>
internal sealed partial class StaticResources(
    ResourceModel model, ResourceNotificationService notifications, TimeProvider time, ILogger<StaticResources> logger)
{
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources)
        {
            if (resource is ParameterResource parameter)
                await PublishAsync(parameter, "Parameter", parameter, parameter.Secret, cancellationToken);
            else if (resource is IResourceWithConnectionString connection and not ProjectResource)
                await PublishAsync(connection, "ConnectionString", connection, isSecret: true, cancellationToken);
        }
    }

    private async Task PublishAsync(
        IResource resource, string type, IValueProvider provider, bool isSecret, CancellationToken cancellationToken)
    {
        string? value = null;
        try
        {
            value = await provider.GetValueAsync(cancellationToken);
        }
        catch (DistributedApplicationException e)
        {
            Log.NoValue(logger, resource.Name, e.Message);
        }

        notifications.Publish(resource, resource.Name, s => s with
        {
            ResourceType = type,
            CreationTimeStamp = time.GetUtcNow().UtcDateTime,
            State = value is null
                ? new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Error)
                : new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            Properties = s.Properties.With(new ResourcePropertySnapshot(resource is ParameterResource ? "Value" : "resource.connectionString", value) { IsSensitive = isSecret }),
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Resource} has no value: {Reason}")]
        public static partial void NoValue(ILogger logger, string resource, string reason);
    }
}
