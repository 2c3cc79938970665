using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures messages within accounts. One connection of each account sends a message to the other connections of its account, on
/// all servers. The next message follows when all of them have received the last one.
/// </summary>
internal sealed class AccountScenario : Scenario
{
    private const int Accounts = 16;
    private const int Connections = 20;
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);

    public AccountScenario(int servers) : base(
        $"accounts-on-{servers}",
        $"a 64 B message to the {Connections - 1} other connections of an account, "
        + $"{Accounts} accounts on {servers} servers, per delivery")
    {
        ServersOfEach = servers;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(
            group, Accounts * Connections, client => $"account-{client / Connections}", cancellationToken);
        clients.Run();
        var frame = ClientFrame.Encode(group.Kind.Dialect.Chat(new string('x', 64)));
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var accounts = clients.Connections.GroupBy(connection => connection.Account).Select(account => account.ToArray()).ToArray();

        // Some servers confirm a connection before they subscribe in Redis. Messages that are sent in between are lost.
        await Task.WhenAll(accounts.Select(account => SendAsync(account, frame, attempts: 5)));
        var (messagesBefore, cpuBefore, redisBefore, began) = (clients.Messages, group.Cpu, group.Redis?.Cpu, time.GetTimestamp());
        await Task.WhenAll(accounts.Select(async account =>
        {
            while (time.GetElapsedTime(began) < duration)
            {
                var start = time.GetTimestamp();
                await SendAsync(account, frame, attempts: 1);
                histogram.Add(time.GetElapsedTime(start));
            }
        }));
        var deliveries = clients.Messages - messagesBefore;
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / deliveries,
            [Figure.Rate] = deliveries / time.GetElapsedTime(began).TotalSeconds,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
        };
        if (redisBefore is { } before)
        {
            sample[Figure.RedisCpu] = (group.Redis!.Cpu - before).TotalMicroseconds / deliveries;
        }

        return sample;
    }

    private static async Task SendAsync(LoadConnection[] account, byte[] frame, int attempts)
    {
        while (true)
        {
            var arrived = new Arrivals(account.Length - 1);
            var all = arrived.Next();
            foreach (var connection in account)
            {
                connection.Received = (_, messages) => arrived.Add(messages);
            }

            await account[0].SendAsync(frame);
            try
            {
                await all.WaitAsync(DeliveryTimeout, TimeProvider.System);
                return;
            }
            catch (TimeoutException) when (--attempts > 0)
            {
                // The next attempt counts all receivers from the start.
            }
        }
    }
}
