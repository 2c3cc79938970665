namespace Scaler;

/// <summary>Represents a connected account.</summary>
/// <param name="Name">The account name.</param>
/// <param name="Connections">
/// The number of connections on all servers. It is 0 only in an <see cref="AccountRange"/>, for an account whose servers have
/// just died.
/// </param>
/// <param name="Servers">The IDs of the servers that hold the connections.</param>
public sealed record AccountInfo(string Name, int Connections, IReadOnlyList<string> Servers);
