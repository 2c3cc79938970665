namespace Scaler.ServiceDefaults;

/// <summary>Settings of the telemetry exporters, bound from the configuration section <see cref="Section"/>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration section of these options.</summary>
    public const string Section = "Telemetry";

    /// <summary>
    /// Gets or sets how long a stopping process waits for its exporters to send what is still buffered. The default is one second; the
    /// range is zero to one minute. Buffered telemetry that the backend has not accepted by then is dropped.
    /// </summary>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
