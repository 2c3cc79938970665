namespace Scaler.Admin.Services.Live;

/// <summary>Specifies the result of comparing the registry with the servers' connections.</summary>
public enum RegistryState
{
    /// <summary>No comparison has completed yet.</summary>
    Unknown,

    /// <summary>The registry contains exactly the servers' connections.</summary>
    Consistent,

    /// <summary>Connections changed during the comparison. The counts match within the expected tolerance.</summary>
    Changing,

    /// <summary>One comparison found a mismatch. A second comparison will confirm or dismiss it.</summary>
    PossibleMismatch,

    /// <summary>Consecutive comparisons found a mismatch.</summary>
    Mismatch,

    /// <summary>The comparison failed because Redis or a server did not respond.</summary>
    Failed,
}
