using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;

namespace Aspire.Hosting.Dashboard;

/// <summary>Writes the state of a resource in the dashboard's words.</summary>
internal static class ResourceMessage
{
    public static Resource Of(ResourceEvent e)
    {
        var snapshot = e.Snapshot;
        var resource = new Resource
        {
            Name = e.ResourceId,
            DisplayName = e.Resource.Name,
            Uid = e.ResourceId,
            ResourceType = snapshot.ResourceType,
            CreatedAt = Time(snapshot.CreationTimeStamp ?? DateTime.UnixEpoch),
            StartedAt = Time(snapshot.StartTimeStamp),
            StoppedAt = Time(snapshot.StopTimeStamp),
        };
        if (snapshot.State is { } state) (resource.State, resource.StateStyle) = (state.Text, state.Style ?? "");
        resource.Environment.AddRange(snapshot.EnvironmentVariables.Select(Variable));
        resource.Properties.AddRange(Properties(snapshot));
        resource.Urls.AddRange(snapshot.Urls.Select(Link));
        resource.HealthReports.AddRange(snapshot.HealthReports.Select(Report));
        resource.Relationships.AddRange(snapshot.Relationships.Select(r => new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        if (snapshot.ResourceType == "Project") resource.Commands.AddRange(Commands(snapshot));
        return resource;
    }

    private static IEnumerable<ResourceProperty> Properties(CustomResourceSnapshot snapshot)
    {
        foreach (var property in snapshot.Properties)
        {
            var message = new ResourceProperty { Name = property.Name, Value = Convert(property.Value), IsSensitive = property.IsSensitive };
            message.IsHighlighted = !property.Name.Contains('.', StringComparison.Ordinal);
            yield return message;
        }

        if (snapshot.ExitCode is { } code) yield return new() { Name = "resource.exitCode", Value = Value.ForNumber(code) };
    }

    private static IEnumerable<ResourceCommand> Commands(CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text;
        var ended = state is null || KnownResourceStates.TerminalStates.Contains(state);
        var runs = state == KnownResourceStates.Running;
        yield return Command(KnownResourceCommands.StartCommand, "Start", "Play", ended, isHighlighted: true);
        yield return Command(KnownResourceCommands.StopCommand, "Stop", "Stop", runs, isHighlighted: true);
        yield return Command(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", runs, isHighlighted: false);
    }

    // Start and Stop take turns at one place; Restart stays where it is.
    private static ResourceCommand Command(string name, string title, string icon, bool isEnabled, bool isHighlighted) => new()
    {
        Name = name,
        DisplayName = title,
        IconName = icon,
        IsHighlighted = isHighlighted,
        State = isEnabled ? ResourceCommandState.Enabled : isHighlighted ? ResourceCommandState.Hidden : ResourceCommandState.Disabled,
    };

    private static EnvironmentVariable Variable(EnvironmentVariableSnapshot variable)
    {
        var message = new EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is not null) message.Value = variable.Value;
        return message;
    }

    private static Url Link(UrlSnapshot url)
    {
        var message = new Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            DisplayProperties = new() { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
        };
        if (url.Name is not null) message.EndpointName = url.Name;
        return message;
    }

    private static HealthReport Report(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = Time(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy => HealthStatus.Healthy,
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded => HealthStatus.Degraded,
                _ => HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Value Convert(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        IEnumerable list => Value.ForList([.. list.Cast<object?>().Select(Convert)]),
        _ => Value.ForString(System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static Timestamp? Time(DateTime? time) => time is { } known ? Timestamp.FromDateTime(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : null;
}
