namespace Scaler.EngineIO;

/// <summary>
/// What pages of other origins may do: the one list of origins, for polling (CORS) and WebSockets alike. By default they may do
/// nothing: a request whose <c>Origin</c> is neither this server's own nor listed is refused with 403 and code 4, before a 101 and before a
/// session exists. Clients that are no browsers send no <c>Origin</c> and are not concerned.
/// </summary>
public sealed class EngineIOCorsOptions
{
    /// <summary>Whether other origins may connect: the list counts, the headers are sent, preflights are answered. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The origins that are allowed, at least one when enabled: <c>https://app.example.org</c>; <c>https://*.example.org</c> for every
    /// subdomain, though not for <c>https://example.org</c> itself; <c>http://localhost:*</c> for every port; <c>*</c> for all origins, also
    /// those that have no name (<c>null</c>).
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>The methods that are allowed. When empty, which is the default: GET and POST.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>The request headers that are allowed. When empty, which is the default: all that are asked for.</summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>The response headers that scripts may read. Default none.</summary>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>Whether cookies may be sent along. Not together with the origin <c>*</c>. Default false.</summary>
    public bool Credentials { get; set; }

    /// <summary>How long a browser may remember a preflight's answer. Default none: its own rule.</summary>
    public TimeSpan? MaxAge { get; set; }
}
