namespace Scaler;

/// <summary>An account that is connected.</summary>
/// <param name="Name">The account.</param>
/// <param name="Connections">Its connections, on all servers; 0 only in an <see cref="AccountRange"/>, where its servers have just died.</param>
/// <param name="Servers">The ids of the servers that hold them.</param>
public sealed record AccountInfo(string Name, int Connections, IReadOnlyList<string> Servers);
