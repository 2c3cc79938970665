namespace Scaler;

/// <summary>Represents the owner of a session for the lifetime of the session.</summary>
internal sealed class SessionIdentity(string account, string? user, byte[]? tokenHash, DateTimeOffset? expiresAt)
{
    public string Account { get; } = account;

    /// <summary>Gets the user, or <see langword="null"/> if the client is not authenticated.</summary>
    public string? User { get; } = user;

    /// <summary>
    /// Gets the SHA-256 hash of the handshake's token. A later request with the same token is not validated again.
    /// </summary>
    public byte[]? TokenHash { get; } = tokenHash;

    /// <summary>Gets or sets the expiry. A newer token of the same user extends it.</summary>
    public DateTimeOffset? ExpiresAt { get; set; } = expiresAt;
}
