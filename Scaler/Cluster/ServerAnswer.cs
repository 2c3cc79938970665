namespace Scaler;

/// <summary>What came of asking a server to do something.</summary>
public enum ServerAnswer
{
    /// <summary>It does it.</summary>
    Accepted,

    /// <summary>It can't: it is about to stop.</summary>
    Refused,

    /// <summary>No server of that id holds a lease.</summary>
    NoSuchServer,

    /// <summary>It did not answer in time: it may do it or not. A server of an older version does not know how to.</summary>
    NoAnswer,
}
