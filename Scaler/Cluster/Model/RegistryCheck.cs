namespace Scaler;

/// <summary>Represents a comparison of the registry with the connections that the servers hold.</summary>
/// <param name="Servers">One result for each server that holds a lease.</param>
public sealed record RegistryCheck(IReadOnlyList<ServerCheck> Servers)
{
    /// <summary>
    /// Gets a value indicating whether the registry matches all servers. Brief differences are normal while connections open and
    /// close.
    /// </summary>
    public bool IsEqual => Servers.All(s => s.IsEqual);
}
