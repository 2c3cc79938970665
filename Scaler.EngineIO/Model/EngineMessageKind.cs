namespace Scaler.EngineIO;

/// <summary>Specifies the content type of a message.</summary>
public enum EngineMessageKind
{
    /// <summary>UTF-8 text. The client receives a string.</summary>
    Text,

    /// <summary>Arbitrary bytes. The client receives a binary buffer.</summary>
    Binary,
}
