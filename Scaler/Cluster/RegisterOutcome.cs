namespace Scaler.Cluster;

/// <summary>How registering a connection went.</summary>
internal enum RegisterOutcome
{
    /// <summary>Every server can find it.</summary>
    Registered,

    /// <summary>Redis did not answer in time; a later turn registers it.</summary>
    Failed,

    /// <summary>The account has as many connections as it may have.</summary>
    TooMany,
}
