namespace Scaler;

/// <summary>How much is connected, on all live servers.</summary>
/// <param name="Servers">Servers that hold a lease.</param>
/// <param name="Accounts">Accounts with at least one connection. For some seconds after a server has died, this counts the accounts that only it held.</param>
/// <param name="Connections">Connections.</param>
public sealed record ClusterCounts(int Servers, long Accounts, long Connections);
