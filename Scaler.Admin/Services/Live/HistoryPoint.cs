namespace Scaler.Admin.Services.Live;

/// <summary>One sample of the whole cluster, small enough to keep many of. Not a number: it could not be read.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Rates">The rates of all servers together.</param>
/// <param name="Connections">Connections of all servers together.</param>
/// <param name="RedisMilliseconds">How long Redis took to answer.</param>
/// <param name="Delivery">How long messages took from one server to another.</param>
public readonly record struct HistoryPoint(DateTimeOffset At, Rates Rates, double Connections, double RedisMilliseconds, Delivery Delivery);
