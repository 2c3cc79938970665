namespace Scaler.EngineIO.Protocol;

/// <summary>All the ways in which a packet or a payload can be wrong.</summary>
internal enum PacketParseError : byte
{
    None,

    /// <summary>No bytes where a packet should be: an empty body, or a separator at the end.</summary>
    Empty,

    /// <summary>The first character is no packet type.</summary>
    UnknownType,

    /// <summary>v3: the length is missing, not a number, or too long to be one.</summary>
    BadLength,

    /// <summary>v3: the length says more than there is.</summary>
    Truncated,

    /// <summary>v3: the length ends between the two UTF-16 units of a character.</summary>
    SplitCharacter,

    /// <summary>v3: a packet of a binary payload is neither text (0) nor binary (1).</summary>
    UnknownKind,
}
