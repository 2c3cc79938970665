namespace Scaler;

/// <summary>Whether the registry equals reality: what each server holds, beside what the registry says of it.</summary>
/// <param name="Servers">One line for each server that holds a lease.</param>
public sealed record RegistryCheck(IReadOnlyList<ServerCheck> Servers)
{
    /// <summary>Whether they are equal, for all servers. While connections come and go, they may differ for a moment.</summary>
    public bool IsEqual => Servers.All(s => s.IsEqual);
}
