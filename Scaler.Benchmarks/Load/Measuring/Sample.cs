namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>The results of one measurement of one server, by figure.</summary>
internal sealed class Sample : Dictionary<string, double>;
