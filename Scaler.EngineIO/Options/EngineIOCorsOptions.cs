namespace Scaler.EngineIO;

/// <summary>
/// Configures access for web pages of other origins. One list of origins applies to both polling (CORS) and WebSockets. By
/// default, a request whose <c>Origin</c> is not this server's own is refused with status 403 and code 4, before a 101 response
/// is sent or a session is created. Non-browser clients send no <c>Origin</c> header and are not affected.
/// </summary>
public sealed class EngineIOCorsOptions
{
    /// <summary>
    /// Gets or sets a value indicating whether the listed origins may connect. If <see langword="true"/>, CORS headers are sent
    /// and preflight requests are answered. Default: <see langword="false"/>.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Gets the allowed origins. At least one is required if <see cref="Enabled"/> is <see langword="true"/>. An entry is an
    /// origin (<c>https://app.example.org</c>), every subdomain but not the domain itself (<c>https://*.example.org</c>), every
    /// port (<c>http://localhost:*</c>), or <c>*</c> for all origins including the opaque origin <c>null</c>.
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>Gets the allowed methods. Default: empty, which means GET and POST.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>Gets the allowed request headers. Default: empty, which means all requested headers.</summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>Gets the response headers that scripts may read. Default: empty, which means none.</summary>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>
    /// Gets or sets a value indicating whether requests may include cookies. Not allowed together with the origin <c>*</c>.
    /// Default: <see langword="false"/>.
    /// </summary>
    public bool Credentials { get; set; }

    /// <summary>
    /// Gets or sets how long a browser may cache a preflight response. Default: <see langword="null"/>, the browser's default.
    /// </summary>
    public TimeSpan? MaxAge { get; set; }
}
