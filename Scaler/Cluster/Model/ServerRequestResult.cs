namespace Scaler;

/// <summary>Specifies the outcome of an operator's request to a server.</summary>
public enum ServerRequestResult
{
    /// <summary>The server carries out the request.</summary>
    Accepted,

    /// <summary>The server refused the request because it is shutting down.</summary>
    Refused,

    /// <summary>No server with this ID holds a lease.</summary>
    ServerNotFound,

    /// <summary>
    /// The server did not answer in time. It may or may not carry out the request. Servers of older versions ignore the request.
    /// </summary>
    TimedOut,
}
