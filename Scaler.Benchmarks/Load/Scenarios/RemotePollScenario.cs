using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Polls that come to the server which does not hold the session, beside polls that come to the one which does.</summary>
internal sealed class RemotePollScenario : Scenario
{
    public RemotePollScenario() : base("remote-polls", "round trips over polling at the wrong one of two servers, per round trip")
    {
        ServersOfEach = 2;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        var local = await PollingLoad.MeasureAsync(group, 0, duration / 2, cancellationToken);
        var remote = await PollingLoad.MeasureAsync(group, 1, duration / 2, cancellationToken);
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
