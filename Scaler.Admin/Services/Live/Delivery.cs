namespace Scaler.Admin.Services.Live;

/// <summary>How long messages took from a send on one server to the queues of another. Not a number: there were none.</summary>
/// <param name="MedianMilliseconds">Half of them took no longer: the servers' medians, weighed by their messages.</param>
/// <param name="P99Milliseconds">99 of 100 took no longer, on the slowest server.</param>
/// <param name="Slowest">That server's id.</param>
public readonly record struct Delivery(double MedianMilliseconds, double P99Milliseconds, string? Slowest)
{
    /// <summary>Nothing was delivered.</summary>
    public static Delivery None { get; } = new(double.NaN, double.NaN, null);

    /// <summary>That of some servers together.</summary>
    public static Delivery Of(IEnumerable<ServerInfo> servers)
    {
        var delivering = servers.Where(server => server is { Deliveries: > 0, DeliveryP99Milliseconds: not null }).ToArray();
        if (delivering.Length == 0)
        {
            return None;
        }

        var slowest = delivering.MaxBy(server => server.DeliveryP99Milliseconds)!;
        var median = delivering.Sum(server => server.Deliveries * (server.DeliveryMedianMilliseconds ?? 0)) / delivering.Sum(server => server.Deliveries);
        return new Delivery(median, slowest.DeliveryP99Milliseconds!.Value, slowest.Id);
    }
}
