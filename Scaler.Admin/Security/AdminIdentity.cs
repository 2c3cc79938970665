using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Scaler.Admin.Security;

/// <summary>
/// Creates and describes the principal of a login. A token carries no user name, so a login is identified by its role, its client
/// address and a random id of 4 hex digits. A provider login also has the user's name.
/// </summary>
public static class AdminIdentity
{
    internal const string AddressClaim = "address";
    internal const string LoginClaim = "login";
    internal const string StampClaim = "stamp";

    /// <summary>
    /// Describes a login for the audit log: <c>operator 4f2a from 10.0.0.7</c>, <c>Ann (operator 4f2a) from 10.0.0.7</c>.
    /// </summary>
    /// <param name="who">The principal of the login.</param>
    /// <returns>The description.</returns>
    public static string Describe(ClaimsPrincipal who)
    {
        ArgumentNullException.ThrowIfNull(who);
        var login = $"{who.FindFirstValue(ClaimTypes.Role) ?? "no role"} {who.FindFirstValue(LoginClaim)}";
        var name = who.Identity?.Name is { } known && !who.IsInRole(known) ? $"{known} ({login})" : login;
        return $"{name} from {who.FindFirstValue(AddressClaim)}";
    }

    /// <summary>Creates the principal of a new login.</summary>
    internal static ClaimsPrincipal CreatePrincipal(string role, string stamp, string? address, string? name = null) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name ?? role),
            new Claim(ClaimTypes.Role, role),
            new Claim(LoginClaim, RandomNumberGenerator.GetHexString(4, lowercase: true)),
            new Claim(AddressClaim, address ?? "an unknown address"),
            new Claim(StampClaim, stamp),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
