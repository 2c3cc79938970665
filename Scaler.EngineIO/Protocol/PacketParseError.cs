namespace Scaler.EngineIO.Protocol;

/// <summary>Specifies the reason why a packet or payload could not be parsed.</summary>
internal enum PacketParseError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>A packet has no bytes: the body is empty, or it ends with a separator.</summary>
    Empty,

    /// <summary>The first character is not a packet type.</summary>
    UnknownType,

    /// <summary>Protocol 3: the length is missing, not a number, or has too many digits.</summary>
    BadLength,

    /// <summary>Protocol 3: the length exceeds the remaining payload.</summary>
    Truncated,

    /// <summary>Protocol 3: the length ends between the two UTF-16 code units of a surrogate pair.</summary>
    SplitCharacter,

    /// <summary>Protocol 3: a packet of a binary payload is marked as neither text (0) nor binary (1).</summary>
    UnknownKind,
}
