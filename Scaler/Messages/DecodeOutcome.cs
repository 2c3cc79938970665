namespace Scaler;

/// <summary>How reading a message went.</summary>
public enum DecodeOutcome
{
    /// <summary>It was read.</summary>
    Decoded,

    /// <summary>It could not be parsed: <c>error::json</c>.</summary>
    NotParsed,

    /// <summary>It was parsed, but it is not an object: <c>error::invalid</c>.</summary>
    NotAnObject,

    /// <summary>It is an object, but names no event: <c>error::validation</c>.</summary>
    NoEvent,

    /// <summary>It names an event, but its arguments are not a list: <c>error::validation</c>.</summary>
    BadArguments,
}
