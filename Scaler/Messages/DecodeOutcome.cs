namespace Scaler;

/// <summary>Specifies the outcome of decoding a message.</summary>
public enum DecodeOutcome
{
    /// <summary>The message was decoded.</summary>
    Decoded,

    /// <summary>The message could not be parsed. Raises <c>error::json</c>.</summary>
    NotParsed,

    /// <summary>The message was parsed, but it is not an object. Raises <c>error::invalid</c>.</summary>
    NotAnObject,

    /// <summary>The message is an object without an event name. Raises <c>error::validation</c>.</summary>
    MissingEvent,

    /// <summary>The message has an event name, but its arguments are not an array. Raises <c>error::validation</c>.</summary>
    InvalidArguments,
}
