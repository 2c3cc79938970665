namespace Scaler.Admin.Services.Live;

/// <summary>Represents a comparison of the registry with the servers' connections.</summary>
/// <param name="State">The result.</param>
/// <param name="At">The end time.</param>
/// <param name="Duration">The duration.</param>
/// <param name="Check">The compared counts, or <see langword="null"/> if Redis did not respond.</param>
/// <param name="Failure">The reason, if the comparison failed.</param>
public sealed record RegistrySnapshot(RegistryState State, DateTimeOffset At, TimeSpan Duration, RegistryCheck? Check, string? Failure)
{
    /// <summary>Gets the value before the first comparison.</summary>
    public static RegistrySnapshot Empty { get; } = new(RegistryState.Unknown, default, default, null, null);

    /// <summary>Gets the number of connections in the registry.</summary>
    public int Registered => Check?.Servers.Sum(server => server.Registered) ?? 0;

    /// <summary>Gets the servers whose connections do not match the registry.</summary>
    public IEnumerable<ServerCheck> MismatchedServers => Check?.Servers.Where(server => !server.IsEqual) ?? [];
}
