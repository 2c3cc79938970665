namespace Scaler;

/// <summary>A part of the list of accounts, in the order of their UTF-8 bytes.</summary>
/// <param name="Accounts">The accounts, one for each position.</param>
/// <param name="Position">The position of the first of them, from 0; where the list has shrunk to less than was asked for, its length.</param>
/// <param name="Total">How many the list has.</param>
public sealed record AccountRange(IReadOnlyList<AccountInfo> Accounts, long Position, long Total);
