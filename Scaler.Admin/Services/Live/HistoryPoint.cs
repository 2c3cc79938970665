namespace Scaler.Admin.Services.Live;

/// <summary>One sample of the whole cluster, small enough to keep many of.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Rates">The rates of all servers together.</param>
/// <param name="Connections">Connections of all servers together.</param>
/// <param name="RedisMilliseconds">How long Redis took to answer; not a number when it did not.</param>
public readonly record struct HistoryPoint(DateTimeOffset At, Rates Rates, int Connections, double RedisMilliseconds);
