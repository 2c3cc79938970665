namespace Scaler;

/// <summary>Represents a range of the account list, which is sorted by the UTF-8 bytes of the names.</summary>
/// <param name="Accounts">The accounts at consecutive positions of the list.</param>
/// <param name="Position">
/// The zero-based position of the first account. If the list is shorter than the requested position, the length of the list.
/// </param>
/// <param name="Total">The number of accounts in the list.</param>
public sealed record AccountRange(IReadOnlyList<AccountInfo> Accounts, long Position, long Total);
