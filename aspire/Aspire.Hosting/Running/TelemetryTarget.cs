namespace Aspire.Hosting.Running;

/// <summary>Where the processes send their logs, metrics and traces; nowhere, where there is no dashboard.</summary>
internal sealed class TelemetryTarget
{
    public string? Endpoint { get; set; }

    public string? ApiKey { get; set; }

    public void Describe(IDictionary<string, object> variables, Replica replica)
    {
        if (Endpoint is null) return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={ApiKey}";
        variables["OTEL_SERVICE_NAME"] = replica.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={replica.Suffix}";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";

        // Aspire also has exports retried in memory. Here the dashboard may not be there, and a process that ends would
        // retry its last export for 10 s.

        // A developer looks at it as it happens; the defaults are for production.
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = variables["OTEL_BSP_SCHEDULE_DELAY"] = variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
    }
}
