using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>The cookie that a polling handshake sets to the session id. It is there for balancers; the server never reads it.</summary>
public sealed class EngineIOCookieOptions
{
    /// <summary>Whether the cookie is set. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>Its name. Default <c>io</c>.</summary>
    public string Name { get; set; } = "io";

    /// <summary>The path that it is sent for. Default <c>/</c>.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Whether scripts are kept from reading it. Default true.</summary>
    public bool HttpOnly { get; set; } = true;

    /// <summary>Which other sites' requests carry it. Default <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>Whether it is sent over HTTPS only. Default false.</summary>
    public bool Secure { get; set; }

    /// <summary>The domain that it is sent for. Default none: the host that set it.</summary>
    public string? Domain { get; set; }

    /// <summary>How long it is kept. Default none: as long as the browser's session.</summary>
    public TimeSpan? MaxAge { get; set; }
}
