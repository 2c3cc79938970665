namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>What one measurement of one server gave, by figure.</summary>
internal sealed class Sample : Dictionary<string, double>;
