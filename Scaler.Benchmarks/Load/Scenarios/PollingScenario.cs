using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Measures round trips over polling.</summary>
internal sealed class PollingScenario() : Scenario("polling", "64 B posted and polled by 64 sessions, per round trip (two requests)")
{
    protected override Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken) =>
        PollingRoundTrips.MeasureAsync(group, 0, duration, cancellationToken);
}
