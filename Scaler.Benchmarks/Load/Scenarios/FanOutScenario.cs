using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures broadcasts. A 64 B text is posted to one server, which broadcasts it to all connections. The next text follows when
/// all connections have received the last one.
/// </summary>
internal sealed class FanOutScenario : Scenario
{
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);
    private readonly int _receivers;

    public FanOutScenario(int receivers, int servers = 1) : base(
        $"fan-out-{receivers}{(servers > 1 ? $"-on-{servers}" : "")}",
        $"a message of 64 B to {receivers:N0} connections on {servers} server{(servers > 1 ? "s" : "")}, per delivery")
    {
        _receivers = receivers;
        ServersPerKind = servers;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, _receivers, cancellationToken);
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var text = new NumberedText(64);
        using var broadcaster = await Broadcaster.OpenAsync(group, text, cancellationToken);
        var deliveries = new Deliveries(group.Kind.Name, text, clients.Connections, DeliveryTimeout, broadcaster.PostAsync);
        await deliveries.AwaitSubscriptionsAsync(cancellationToken);
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var (cpuBefore, redisBefore, began, sends) = (group.Cpu, group.Redis?.Cpu, time.GetTimestamp(), 0);
        for (; time.GetElapsedTime(began) < duration; sends++)
        {
            var start = time.GetTimestamp();
            await deliveries.SendAsync(cancellationToken);
            histogram.Add(time.GetElapsedTime(start));
        }

        var delivered = (double)sends * _receivers;
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / delivered,
            [Figure.Rate] = delivered / time.GetElapsedTime(began).TotalSeconds,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
        };
        if (ServersPerKind > 1)
        {
            sample[Figure.RedisCpu] = (group.Redis!.Cpu - redisBefore!.Value).TotalMicroseconds / delivered;
        }

        return sample;
    }
}
