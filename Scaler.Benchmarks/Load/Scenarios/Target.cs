namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Represents an upper limit for a figure: an absolute limit, or a ratio to another server in the same run.</summary>
internal sealed record Target(string Server, string Figure, double Max, string? Reference = null);
