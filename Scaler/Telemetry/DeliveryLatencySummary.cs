namespace Scaler;

/// <summary>Summarizes the delivery latency of messages from other servers. All values are 0 if there were no messages.</summary>
/// <param name="Count">The number of messages.</param>
/// <param name="MedianMilliseconds">The median latency, in milliseconds.</param>
/// <param name="P99Milliseconds">The 99th percentile of the latency, in milliseconds.</param>
internal readonly record struct DeliveryLatencySummary(long Count, double MedianMilliseconds, double P99Milliseconds);
