using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>Maps users of the OpenID Connect provider to dashboard logins and roles.</summary>
internal sealed class AdminLoginProvider(IOptions<AdminOptions> options)
{
    private readonly AdminOpenIdConnectOptions? _options = options.Value.OpenIdConnect;

    /// <summary>Gets the display name of the provider, or <see langword="null"/> if none is configured.</summary>
    public string? Name => _options?.DisplayName;

    // A change of the provider or of a role name invalidates existing logins.
    private string? Stamp => _options is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', _options.Authority, _options.ClientId, _options.RoleClaim, _options.OperatorRole, _options.ReaderRole))))[..16];

    /// <summary>
    /// Creates a login for an authenticated user, or returns <see langword="null"/> if the user has neither role.
    /// </summary>
    public ClaimsPrincipal? CreateLogin(ClaimsPrincipal user, string? address)
    {
        var roles = user.FindAll(_options!.RoleClaim).Select(claim => claim.Value).ToArray();
        var role = roles.Contains(_options.OperatorRole, StringComparer.Ordinal) ? AdminRoles.Operator
            : roles.Contains(_options.ReaderRole, StringComparer.Ordinal) ? AdminRoles.Reader
            : null;
        return role is null ? null : AdminIdentity.CreatePrincipal(role, Stamp!, address, GetName(user));
    }

    /// <summary>Returns the name of a user: the name claim, or else the subject.</summary>
    public string GetName(ClaimsPrincipal user) =>
        (user.FindFirstValue(_options!.NameClaim) is { Length: > 0 } name ? name : user.FindFirstValue("sub")) ?? "unnamed user";

    /// <summary>Determines whether a login was created by this provider with its current configuration.</summary>
    public bool IsValid(ClaimsPrincipal login) => Stamp is { } stamp && login.FindFirstValue(AdminIdentity.StampClaim) == stamp;
}
