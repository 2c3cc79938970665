namespace Scaler.Cluster.Membership;

/// <summary>Specifies the result of looking up a server.</summary>
internal enum ServerLookup
{
    /// <summary>The server or its URL is unknown; the server may just have started.</summary>
    Unknown,

    /// <summary>The server holds its lease, and its URL is known.</summary>
    Live,

    /// <summary>The server's lease has expired.</summary>
    Dead,
}
