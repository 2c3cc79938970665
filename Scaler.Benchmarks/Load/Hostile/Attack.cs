using System.Net;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Represents one kind of attack by a misbehaving client; each call runs the attack once.</summary>
internal sealed record Attack(string Name, Func<IPEndPoint, Random, CancellationToken, Task> RunAsync);
