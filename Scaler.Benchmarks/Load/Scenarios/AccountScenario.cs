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
        ServersPerKind = servers;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(
            group, Accounts * Connections, client => $"account-{client / Connections}", cancellationToken);
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private static async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var accounts = clients.Connections.GroupBy(connection => connection.Account)
            .Select(account => Deliveries(group.Kind, [.. account])).ToArray();
        await Task.WhenAll(accounts.Select(account => account.AwaitSubscriptionsAsync(cancellationToken)));
        var (messagesBefore, cpuBefore, redisBefore, began) = (clients.Messages, group.Cpu, group.Redis?.Cpu, time.GetTimestamp());
        await Task.WhenAll(accounts.Select(async account =>
        {
            while (time.GetElapsedTime(began) < duration)
            {
                var start = time.GetTimestamp();
                await account.SendAsync(cancellationToken);
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

    /// <summary>Creates the deliveries from the first connection of an account to the other ones.</summary>
    private static Deliveries Deliveries(ServerKind kind, LoadConnection[] account)
    {
        var text = new NumberedText(64);
        var frames = new NumberedFrames(kind.Protocol.Chat, text, depth: 1);
        var sender = account[0];
        sender.Received = (_, _) => throw new InvalidDataException(
            $"{kind.Name}, {sender.Account}: the sender received its own message.");
        return new Deliveries(
            kind.Name, text, account[1..], DeliveryTimeout, number => sender.SendAsync(frames.Write(number, 1)));
    }
}
