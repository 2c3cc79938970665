namespace Scaler;

/// <summary>An account that has at least one connection.</summary>
/// <param name="Name">The account.</param>
/// <param name="Connections">Its connections, on all servers.</param>
/// <param name="Servers">The ids of the servers that hold them.</param>
public sealed record AccountInfo(string Name, int Connections, IReadOnlyList<string> Servers);
