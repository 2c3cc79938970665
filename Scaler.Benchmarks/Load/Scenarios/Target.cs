namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>What a figure is to be at most: relative to another server in the same run, or by itself.</summary>
internal sealed record Target(string Server, string Figure, double AtMost, string? Reference = null);
