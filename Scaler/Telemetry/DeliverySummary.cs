namespace Scaler;

/// <summary>How long messages of other servers were under way. Without any, all is zero.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="MedianMilliseconds">Half of them took no longer.</param>
/// <param name="P99Milliseconds">99 of 100 took no longer.</param>
internal readonly record struct DeliverySummary(long Count, double MedianMilliseconds, double P99Milliseconds);
