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

    /// <summary>The envelope is for another server.</summary>
    OtherReceiver,

    /// <summary>This process has sent the envelope itself.</summary>
    OwnMessage,

    /// <summary>The envelope is too old, or was sent before this process started.</summary>
    Stale,

    /// <summary>This process has received the envelope before.</summary>
    Repeated,
}
