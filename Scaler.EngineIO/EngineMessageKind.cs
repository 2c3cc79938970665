namespace Scaler.EngineIO;

/// <summary>What a message's bytes are.</summary>
public enum EngineMessageKind
{
    /// <summary>UTF-8 text; a client receives a string.</summary>
    Text,

    /// <summary>Any bytes; a client receives a buffer.</summary>
    Binary,
}
