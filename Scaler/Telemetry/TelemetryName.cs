namespace Scaler;

/// <summary>
/// Gets the telemetry name of this process from the environment variables of the OpenTelemetry specification.
/// </summary>
internal static class TelemetryName
{
    private const string Instance = "service.instance.id=";

    public static string? Current { get; } = Format(
        Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME"), Environment.GetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES"));

    /// <summary>Joins the service name and the instance id as dashboards do, for example <c>stream-x7k2m</c>.</summary>
    public static string? Format(string? service, string? attributes)
    {
        var instance = attributes?.Split(',', StringSplitOptions.TrimEntries)
            .FirstOrDefault(a => a.StartsWith(Instance, StringComparison.Ordinal))?[Instance.Length..];
        return string.IsNullOrEmpty(service) ? null : string.IsNullOrEmpty(instance) ? service : $"{service}-{instance}";
    }
}
