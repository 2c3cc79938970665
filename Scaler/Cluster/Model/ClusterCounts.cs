namespace Scaler;

/// <summary>Represents the totals of all live servers.</summary>
/// <param name="Servers">The number of servers that hold a lease.</param>
/// <param name="Accounts">
/// The number of accounts with at least one connection. For some seconds after a server dies, accounts connected only to that
/// server are still included.
/// </param>
/// <param name="Connections">The number of connections.</param>
public sealed record ClusterCounts(int Servers, long Accounts, long Connections);
