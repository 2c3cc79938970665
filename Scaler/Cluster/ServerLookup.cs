namespace Scaler.Cluster;

/// <summary>What is known of a server.</summary>
internal enum ServerLookup
{
    /// <summary>Nothing yet, or not where it is: it may just have started.</summary>
    Unknown,

    /// <summary>It holds its lease, and its URL is known.</summary>
    Live,

    /// <summary>Its lease is gone.</summary>
    Dead,
}
