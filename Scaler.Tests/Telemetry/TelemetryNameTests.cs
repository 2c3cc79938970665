namespace Scaler.Tests.Telemetry;

public sealed class TelemetryNameTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "service.instance.id=x7k2m", null)]
    [InlineData("stream", null, "stream")]
    [InlineData("stream", "service.instance.id=x7k2m", "stream-x7k2m")]
    [InlineData("stream", "deployment.environment=prod, service.instance.id=x7k2m", "stream-x7k2m")]
    public void Of_ServiceNameAndAttributes_CombinesNameAndInstanceId(string? service, string? attributes, string? expected) =>
        Assert.Equal(expected, TelemetryName.Format(service, attributes));
}
