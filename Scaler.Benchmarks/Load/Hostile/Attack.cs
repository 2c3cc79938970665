using System.Net;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Something that a client should not do, done once.</summary>
internal sealed record Attack(string Name, Func<IPEndPoint, Random, CancellationToken, Task> RunAsync);
