using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>The tokens that let somebody in. They are compared by their hashes, in constant time.</summary>
public sealed class AdminTokens
{
    private readonly Entry[] _entries;

    public AdminTokens(IOptions<AdminOptions> options)
    {
        Made = options.Value is { Token: null, OpenIdConnect: null } ? RandomNumberGenerator.GetHexString(32, lowercase: true) : null;
        _entries =
        [
            .. (Made ?? options.Value.Token) is { } token ? [Entry.Of(AdminRoles.Operator, token.Trim())] : Array.Empty<Entry>(),
            .. options.Value.ReadOnlyToken is { } readOnly ? [Entry.Of(AdminRoles.Reader, readOnly.Trim())] : Array.Empty<Entry>(),
        ];
    }

    /// <summary>The token that was made at this start, or null if one is configured.</summary>
    public string? Made { get; }

    /// <summary>Whether there is a token at all.</summary>
    public bool Any => _entries.Length > 0;

    /// <summary>The login that a token gives, or null when it gives none.</summary>
    internal ClaimsPrincipal? Login(string? token, string? address)
    {
        var hash = Hash(token?.Trim() ?? "");
        Entry? found = null;
        foreach (var entry in _entries)
        {
            found = CryptographicOperations.FixedTimeEquals(entry.Hash, hash) ? entry : found;
        }

        return found is null ? null : AdminIdentity.New(found.Role, found.Stamp, address);
    }

    /// <summary>Whether a login was made with a token that is still in force: another token ends the logins of the one before.</summary>
    internal bool IsInForce(ClaimsPrincipal login) => _entries.Any(entry =>
        login.IsInRole(entry.Role) && login.FindFirstValue(AdminIdentity.StampClaim) == entry.Stamp);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Entry(string Role, byte[] Hash, string Stamp)
    {
        // The stamp is in the (encrypted) cookie: a hash of the hash, so that it is no way back to either.
        public static Entry Of(string role, string token) =>
            new(role, AdminTokens.Hash(token), Convert.ToHexStringLower(SHA256.HashData(AdminTokens.Hash(token)))[..16]);
    }
}
