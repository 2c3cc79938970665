namespace Scaler.Cluster.Abstractions;

/// <summary>Represents the delivery result of an envelope for one server.</summary>
/// <param name="ServerEpoch">The name of the server epoch.</param>
/// <param name="Connections">The number of addressed connections on this server, according to the registry.</param>
/// <param name="HasSubscriber">
/// <see langword="true"/> if the server was subscribed; <see langword="false"/> if it was not, or if its lease has expired.
/// </param>
internal readonly record struct DeliveryResult(string ServerEpoch, int Connections, bool HasSubscriber);
