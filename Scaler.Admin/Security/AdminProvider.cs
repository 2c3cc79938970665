using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>The OpenID Connect provider: whom it lets in, and as what.</summary>
internal sealed class AdminProvider(IOptions<AdminOptions> options)
{
    private readonly AdminOpenIdConnectOptions? _options = options.Value.OpenIdConnect;

    /// <summary>What it is called; null where there is none.</summary>
    public string? Name => _options?.DisplayName;

    // Another provider, or another name for a role, ends the logins of before.
    private string? Stamp => _options is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', _options.Authority, _options.ClientId, _options.RoleClaim, _options.OperatorRole, _options.ReaderRole))))[..16];

    /// <summary>The login of somebody whom the provider knows; null where it says neither role.</summary>
    public ClaimsPrincipal? Login(ClaimsPrincipal known, string? address)
    {
        var roles = known.FindAll(_options!.RoleClaim).Select(claim => claim.Value).ToArray();
        var role = roles.Contains(_options.OperatorRole, StringComparer.Ordinal) ? AdminRoles.Operator
            : roles.Contains(_options.ReaderRole, StringComparer.Ordinal) ? AdminRoles.Reader
            : null;
        return role is null ? null : AdminIdentity.New(role, Stamp!, address, NameOf(known));
    }

    /// <summary>What the provider calls somebody.</summary>
    public string NameOf(ClaimsPrincipal known) =>
        (known.FindFirstValue(_options!.NameClaim) is { Length: > 0 } name ? name : known.FindFirstValue("sub")) ?? "somebody without a name";

    /// <summary>Whether a login was made with this provider as it is configured now.</summary>
    public bool IsInForce(ClaimsPrincipal login) => Stamp is { } stamp && login.FindFirstValue(AdminIdentity.StampClaim) == stamp;
}
