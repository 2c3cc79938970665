namespace Scaler;

/// <summary>
/// Represents a query over the connected accounts of all servers, ordered by the UTF-8 bytes of their names. Enumeration reads
/// the registry in pages of 500 accounts.
/// </summary>
public sealed class AccountQuery : IAsyncEnumerable<AccountInfo>
{
    private const int PageSize = 500;
    private readonly IAccountClient _cluster;
    private readonly string _prefix;

    internal AccountQuery(IAccountClient cluster, string prefix = "")
    {
        _cluster = cluster;
        _prefix = prefix;
    }

    /// <summary>
    /// Returns a query that is limited to the account names with a prefix. It replaces the prefix of this query.
    /// </summary>
    /// <param name="prefix">The prefix; empty for all accounts.</param>
    /// <returns>The new query.</returns>
    public AccountQuery StartingWith(string prefix) => new(_cluster, prefix);

    /// <summary>Gets one page of the accounts.</summary>
    /// <param name="after">The last account of the previous page, or <see langword="null"/> for the first page.</param>
    /// <param name="take">The maximum number of accounts, from 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1 or greater than 1,000.</exception>
    public Task<AccountPage> GetPageAsync(string? after = null, int take = 100, CancellationToken cancellationToken = default) =>
        _cluster.GetAccountsAsync(_prefix, after, take, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerator<AccountInfo> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        for (string? after = null; ;)
        {
            var page = await GetPageAsync(after, PageSize, cancellationToken);
            foreach (var account in page.Accounts)
            {
                yield return account;
            }

            if (page.Next is null)
            {
                yield break;
            }

            after = page.Next;
        }
    }
}
