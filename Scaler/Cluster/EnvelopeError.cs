namespace Scaler.Cluster;

/// <summary>Why an envelope was skipped.</summary>
internal enum EnvelopeError
{
    /// <summary>It was read.</summary>
    None,

    /// <summary>It ends too early, or a length in it points outside of it.</summary>
    Malformed,

    /// <summary>Its version, kind or flags are of a library that this one does not know.</summary>
    UnknownVersion,

    /// <summary>It was not made by a server of this cluster.</summary>
    Forged,
}
