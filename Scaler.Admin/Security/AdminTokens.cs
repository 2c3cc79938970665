using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>Validates the login tokens. Tokens are compared by their SHA-256 hashes, in constant time.</summary>
public sealed class AdminTokens
{
    private readonly Entry[] _entries;

    /// <summary>Reads the configured tokens, or generates one if neither a token nor OpenID Connect is configured.</summary>
    /// <param name="options">The dashboard options.</param>
    public AdminTokens(IOptions<AdminOptions> options)
    {
        GeneratedToken = options.Value is { Token: null, OpenIdConnect: null } ? RandomNumberGenerator.GetHexString(32, lowercase: true) : null;
        _entries =
        [
            .. (GeneratedToken ?? options.Value.Token) is { } token ? [Entry.Create(AdminRoles.Operator, token.Trim())] : Array.Empty<Entry>(),
            .. options.Value.ReadOnlyToken is { } readOnly ? [Entry.Create(AdminRoles.Reader, readOnly.Trim())] : Array.Empty<Entry>(),
        ];
    }

    /// <summary>
    /// Gets the token generated at this start, or <see langword="null"/> if a token or OpenID Connect is configured.
    /// </summary>
    public string? GeneratedToken { get; }

    /// <summary>Gets a value indicating whether login by token is possible.</summary>
    public bool HasTokens => _entries.Length > 0;

    /// <summary>Creates a login for a token, or returns <see langword="null"/> if the token is invalid.</summary>
    internal ClaimsPrincipal? CreateLogin(string? token, string? address)
    {
        var hash = Hash(token?.Trim() ?? "");
        Entry? found = null;
        foreach (var entry in _entries)
        {
            found = CryptographicOperations.FixedTimeEquals(entry.Hash, hash) ? entry : found;
        }

        return found is null ? null : AdminIdentity.CreatePrincipal(found.Role, found.Stamp, address);
    }

    /// <summary>
    /// Determines whether a login was created with a token that is still configured. Replacing a token invalidates its logins.
    /// </summary>
    internal bool IsValid(ClaimsPrincipal login) => _entries.Any(entry =>
        login.IsInRole(entry.Role) && login.FindFirstValue(AdminIdentity.StampClaim) == entry.Stamp);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Entry(string Role, byte[] Hash, string Stamp)
    {
        // The cookie contains the stamp, encrypted. It is a hash of the hash, so it reveals neither the token nor the hash.
        public static Entry Create(string role, string token) =>
            new(role, AdminTokens.Hash(token), Convert.ToHexStringLower(SHA256.HashData(AdminTokens.Hash(token)))[..16]);
    }
}
