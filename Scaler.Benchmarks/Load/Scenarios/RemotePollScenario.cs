using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Compares polls that arrive at a server without the session to polls that arrive at the server with the session.
/// </summary>
internal sealed class RemotePollScenario : Scenario
{
    public RemotePollScenario()
        : base("remote-polls", "polling round trips through the server without the session, on two servers, per round trip")
    {
        ServersPerKind = 2;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        var local = await PollingRoundTrips.MeasureAsync(group, 0, duration / 2, cancellationToken);
        var remote = await PollingRoundTrips.MeasureAsync(group, 1, duration / 2, cancellationToken);
        return new Sample
        {
            [Figure.Cpu] = remote[Figure.Cpu],
            [Figure.AddedCpu] = (remote[Figure.Cpu] - local[Figure.Cpu]) / local[Figure.Cpu],
            [Figure.Rate] = remote[Figure.Rate],
            [Figure.Median] = remote[Figure.Median],
            [Figure.P99] = remote[Figure.P99],
            [Figure.RedisCommands] = remote[Figure.RedisCommands],
        };
    }
}
