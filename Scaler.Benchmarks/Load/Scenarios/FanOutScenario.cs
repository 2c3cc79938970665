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
    private const int Attempts = 5;
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);
    private readonly int _receivers;

    public FanOutScenario(int receivers, int servers = 1) : base(
        $"fan-out-{receivers}{(servers > 1 ? $"-on-{servers}" : "")}",
        $"a message of 64 B to {receivers:N0} connections on {servers} server{(servers > 1 ? "s" : "")}, per delivery")
    {
        _receivers = receivers;
        ServersOfEach = servers;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, _receivers, cancellationToken);
        var arrived = new Arrivals(_receivers);
        foreach (var client in clients.Connections)
        {
            client.Received = (_, messages) => arrived.Add(messages);
        }

        clients.Run();
        using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
        var kind = group.Kind;
        var request = HttpConnection.Post(
            kind.BroadcastPath, kind.Body(new string('x', 64)),
            kind.Headers is "" ? "Content-Type: text/plain;charset=UTF-8\r\n" : kind.Headers);

        await AwaitSubscriptionsAsync(http, request, arrived, cancellationToken);
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var (cpuBefore, redisBefore, began, sends) = (group.Cpu, group.Redis?.Cpu, time.GetTimestamp(), 0);
        for (; time.GetElapsedTime(began) < duration; sends++)
        {
            var start = time.GetTimestamp();
            await PostAsync(http, request, arrived, cancellationToken);
            histogram.Add(time.GetElapsedTime(start));
        }

        var deliveries = (double)sends * _receivers;
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / deliveries,
            [Figure.Rate] = deliveries / time.GetElapsedTime(began).TotalSeconds,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
        };
        if (ServersOfEach > 1)
        {
            sample[Figure.RedisCpu] = (group.Redis!.Cpu - redisBefore!.Value).TotalMicroseconds / deliveries;
        }

        return sample;
    }

    /// <summary>
    /// Waits until all servers deliver. Some servers confirm a connection before they subscribe in Redis. Messages that are sent
    /// in between are lost.
    /// </summary>
    private async Task AwaitSubscriptionsAsync(HttpConnection http, byte[] request, Arrivals arrived, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PostAsync(http, request, arrived, cancellationToken);
                return;
            }
            catch (TimeoutException) when (attempt < Attempts)
            {
                // Only some clients have received the message. The next attempt counts all of them from the start.
            }
        }
    }

    private async Task PostAsync(HttpConnection http, byte[] request, Arrivals arrived, CancellationToken cancellationToken)
    {
        var all = arrived.Next();
        var (status, body) = await http.SendAsync(request);
        if (status >= 300)
        {
            throw new IOException($"{Name}: the server answered {status} {System.Text.Encoding.UTF8.GetString(body.Span)}");
        }

        await all.WaitAsync(DeliveryTimeout, TimeProvider.System, cancellationToken);
    }
}
