namespace Scaler.Cluster.Wire;

/// <summary>Specifies why an envelope was skipped.</summary>
internal enum EnvelopeError
{
    /// <summary>The envelope was read successfully.</summary>
    None,

    /// <summary>The envelope is truncated, or a length in it exceeds its size.</summary>
    Malformed,

    /// <summary>The version, kind or flags are unknown to this version of the library.</summary>
    UnknownVersion,

    /// <summary>The tag is invalid: no server of this cluster created the envelope.</summary>
    Forged,
}
