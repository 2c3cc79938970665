namespace Scaler.Admin.Services.Live;

/// <summary>Whether the registry equals reality.</summary>
public enum RegistryState
{
    /// <summary>Not compared yet.</summary>
    Unknown,

    /// <summary>The registry has exactly the connections that the servers hold.</summary>
    Equal,

    /// <summary>Connections came and went while they were compared; the counts are as near as that allows.</summary>
    Changing,

    /// <summary>They differ, but were compared only once.</summary>
    Suspect,

    /// <summary>They differ, each time.</summary>
    Different,

    /// <summary>They could not be compared: Redis or a server did not answer.</summary>
    Failed,
}
