using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>
/// Configures the cookie that holds the session id and is set by a polling handshake. It serves load balancers; the server never
/// reads it.
/// </summary>
public sealed class EngineIOCookieOptions
{
    /// <summary>Gets or sets a value indicating whether the cookie is set. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets the cookie name. Default: <c>io</c>.</summary>
    public string Name { get; set; } = "io";

    /// <summary>Gets or sets the cookie path. Default: <c>/</c>.</summary>
    public string Path { get; set; } = "/";

    /// <summary>
    /// Gets or sets a value indicating whether the cookie is hidden from scripts. Default: <see langword="true"/>.
    /// </summary>
    public bool HttpOnly { get; set; } = true;

    /// <summary>Gets or sets the <c>SameSite</c> mode of the cookie. Default: <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>
    /// Gets or sets a value indicating whether the cookie is sent over HTTPS only. Default: <see langword="false"/>.
    /// </summary>
    public bool Secure { get; set; }

    /// <summary>Gets or sets the cookie domain. Default: <see langword="null"/>, the host that set the cookie.</summary>
    public string? Domain { get; set; }

    /// <summary>Gets or sets the maximum age of the cookie. Default: <see langword="null"/>, the browser session.</summary>
    public TimeSpan? MaxAge { get; set; }
}
