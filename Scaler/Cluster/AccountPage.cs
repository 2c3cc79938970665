namespace Scaler;

/// <summary>A page of accounts, in the order of their UTF-8 bytes.</summary>
/// <param name="Accounts">The accounts of the page.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null when this is the last.</param>
public sealed record AccountPage(IReadOnlyList<AccountInfo> Accounts, string? Next);
