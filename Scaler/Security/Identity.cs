namespace Scaler;

/// <summary>Whom a session belongs to, for as long as it lasts.</summary>
internal sealed class Identity(string account, string? user, byte[]? tokenHash, DateTimeOffset? expiresAt)
{
    public string Account { get; } = account;

    /// <summary>The user; null where nobody said who it is.</summary>
    public string? User { get; } = user;

    /// <summary>SHA-256 of the token that it was made from: a later request with the same one needs no further look.</summary>
    public byte[]? TokenHash { get; } = tokenHash;

    /// <summary>When it ends; a newer token of the same user moves it on.</summary>
    public DateTimeOffset? ExpiresAt { get; set; } = expiresAt;
}
