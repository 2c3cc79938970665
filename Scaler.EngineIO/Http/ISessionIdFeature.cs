namespace Scaler.EngineIO;

/// <summary>
/// A request feature that holds the session id which the server removed from the URL, so that request logging, tracing and
/// middleware do not see it. A session id allows impersonating its client.
/// </summary>
public interface ISessionIdFeature
{
    /// <summary>Gets the session id; empty if the client sent several.</summary>
    string SessionId { get; }

    /// <summary>
    /// Gets the query that the client sent, including the session id and the leading question mark. Use it to forward the
    /// request; never log, store or show it.
    /// </summary>
    string QueryString { get; }
}
