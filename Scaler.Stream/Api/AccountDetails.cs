namespace Scaler.Stream.Api;

/// <summary>A connected account.</summary>
/// <param name="Name">The account.</param>
/// <param name="Connections">Its connections, on all servers.</param>
/// <param name="More">Whether it has more than are listed.</param>
internal sealed record AccountDetails(string Name, IReadOnlyList<ConnectionInfo> Connections, bool More);
