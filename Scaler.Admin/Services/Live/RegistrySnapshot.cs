namespace Scaler.Admin.Services.Live;

/// <summary>The last comparison of the registry with what the servers hold.</summary>
/// <param name="State">How it ended.</param>
/// <param name="At">When it ended.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Check">What was compared; null where Redis did not answer.</param>
/// <param name="Failure">Why it failed.</param>
public sealed record RegistrySnapshot(RegistryState State, DateTimeOffset At, TimeSpan Took, RegistryCheck? Check, string? Failure)
{
    /// <summary>Nothing was compared yet.</summary>
    public static RegistrySnapshot Empty { get; } = new(RegistryState.Unknown, default, default, null, null);

    /// <summary>Connections that the registry has.</summary>
    public int Registered => Check?.Servers.Sum(server => server.Registered) ?? 0;

    /// <summary>The servers whose connections are not those of the registry.</summary>
    public IEnumerable<ServerCheck> Differing => Check?.Servers.Where(server => !server.IsEqual) ?? [];
}
