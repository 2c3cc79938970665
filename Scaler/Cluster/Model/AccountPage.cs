namespace Scaler;

/// <summary>Represents a page of accounts, sorted by the UTF-8 bytes of their names.</summary>
/// <param name="Accounts">The accounts on the page.</param>
/// <param name="Next">
/// The value to pass as <c>after</c> to get the next page, or <see langword="null"/> if this is the last page.
/// </param>
public sealed record AccountPage(IReadOnlyList<AccountInfo> Accounts, string? Next);
