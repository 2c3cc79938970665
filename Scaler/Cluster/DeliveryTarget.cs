namespace Scaler.Cluster;

/// <summary>Which connections a send means.</summary>
/// <param name="Account">The account, or null for every connection.</param>
/// <param name="Only">The one connection of it that is meant, or null.</param>
/// <param name="Except">The one connection that is left out, or null.</param>
internal readonly record struct DeliveryTarget(string? Account, string? Only = null, string? Except = null);
