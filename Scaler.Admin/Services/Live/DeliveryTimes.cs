namespace Scaler.Admin.Services.Live;

/// <summary>
/// Represents the time from a send on one server to the send queues of another. Values are <see cref="double.NaN"/> if no message
/// was delivered.
/// </summary>
/// <param name="MedianMilliseconds">The mean of the servers' medians, weighted by their message counts.</param>
/// <param name="P99Milliseconds">The 99th percentile of the slowest server.</param>
/// <param name="SlowestServer">The id of the slowest server.</param>
public readonly record struct DeliveryTimes(double MedianMilliseconds, double P99Milliseconds, string? SlowestServer)
{
    /// <summary>Gets the value for no deliveries.</summary>
    public static DeliveryTimes None { get; } = new(double.NaN, double.NaN, null);

    /// <summary>Aggregates the delivery times of several servers.</summary>
    /// <param name="servers">The servers.</param>
    /// <returns>The aggregated delivery times, or <see cref="None"/> if no server delivered a message.</returns>
    public static DeliveryTimes Aggregate(IEnumerable<ServerInfo> servers)
    {
        var delivering = servers.Where(server => server is { Deliveries: > 0, DeliveryP99Milliseconds: not null }).ToArray();
        if (delivering.Length == 0)
        {
            return None;
        }

        var slowest = delivering.MaxBy(server => server.DeliveryP99Milliseconds)!;
        var median = delivering.Sum(server => server.Deliveries * (server.DeliveryMedianMilliseconds ?? 0)) / delivering.Sum(server => server.Deliveries);
        return new DeliveryTimes(median, slowest.DeliveryP99Milliseconds!.Value, slowest.Id);
    }
}
