namespace Scaler.Admin.Services.Live;

/// <summary>Represents the cluster totals of one sample. Values are <see cref="double.NaN"/> if the sample failed.</summary>
/// <param name="At">The time of the sample.</param>
/// <param name="Rates">The total rates of all servers.</param>
/// <param name="Connections">The number of connections of all servers.</param>
/// <param name="RedisMilliseconds">The round-trip time to Redis, in milliseconds.</param>
/// <param name="Delivery">The delivery times between servers.</param>
public readonly record struct HistoryPoint(DateTimeOffset At, Rates Rates, double Connections, double RedisMilliseconds, DeliveryTimes Delivery);
