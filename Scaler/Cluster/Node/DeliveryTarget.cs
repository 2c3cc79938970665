namespace Scaler.Cluster.Node;

/// <summary>Selects the connections that a send addresses.</summary>
/// <param name="Account">The account name, or <see langword="null"/> for all connections.</param>
/// <param name="Only">The ID of the account's only addressed connection, or <see langword="null"/>.</param>
/// <param name="Except">The ID of the excluded connection, or <see langword="null"/>.</param>
internal readonly record struct DeliveryTarget(string? Account, string? Only = null, string? Except = null);
