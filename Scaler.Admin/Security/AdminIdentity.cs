using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Scaler.Admin.Security;

/// <summary>Who is logged in. A token has no name, so a login is told by its role, its address and a short id of its own; a provider's by its name too.</summary>
public static class AdminIdentity
{
    internal const string AddressClaim = "address";
    internal const string LoginClaim = "login";
    internal const string StampClaim = "stamp";

    /// <summary>For the audit log: <c>operator 4f2a from 10.0.0.7</c>, <c>Ann (operator 4f2a) from 10.0.0.7</c>.</summary>
    public static string Describe(ClaimsPrincipal who)
    {
        ArgumentNullException.ThrowIfNull(who);
        var login = $"{who.FindFirstValue(ClaimTypes.Role) ?? "nobody"} {who.FindFirstValue(LoginClaim)}";
        var name = who.Identity?.Name is { } known && !who.IsInRole(known) ? $"{known} ({login})" : login;
        return $"{name} from {who.FindFirstValue(AddressClaim)}";
    }

    /// <summary>A new login.</summary>
    internal static ClaimsPrincipal New(string role, string stamp, string? address, string? name = null) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name ?? role),
            new Claim(ClaimTypes.Role, role),
            new Claim(LoginClaim, RandomNumberGenerator.GetHexString(4, lowercase: true)),
            new Claim(AddressClaim, address ?? "an unknown address"),
            new Claim(StampClaim, stamp),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
