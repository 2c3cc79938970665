using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>Writes the session cookie of a polling handshake: <c>io=…; Path=/; HttpOnly; SameSite=Lax</c>.</summary>
internal static class EngineCookie
{
    public static void Append(HttpResponse response, EngineIOCookieOptions options, string sid) =>
        response.Cookies.Append(options.Name, sid, new CookieOptions
        {
            Path = options.Path,
            HttpOnly = options.HttpOnly,
            SameSite = options.SameSite,
            Secure = options.Secure,
            Domain = options.Domain,
            MaxAge = options.MaxAge,
        });
}
