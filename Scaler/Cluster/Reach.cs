namespace Scaler.Cluster;

/// <summary>Represents the delivery result of an envelope for one server.</summary>
/// <param name="Holder">The name of the server epoch.</param>
/// <param name="Connections">The number of addressed connections on this server, according to the registry.</param>
/// <param name="Listening">
/// <see langword="true"/> if the server was subscribed; <see langword="false"/> if it was not, or if its lease has expired.
/// </param>
internal readonly record struct Reach(string Holder, int Connections, bool Listening);
