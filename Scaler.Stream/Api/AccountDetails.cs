namespace Scaler.Stream.Api;

/// <summary>Represents a connected account.</summary>
/// <param name="Name">The account name.</param>
/// <param name="Connections">The connections of the account, on all servers.</param>
/// <param name="More"><see langword="true"/> if the account has more connections than are listed.</param>
internal sealed record AccountDetails(string Name, IReadOnlyList<ScalerConnectionInfo> Connections, bool More);
