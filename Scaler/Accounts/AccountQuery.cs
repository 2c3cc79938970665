namespace Scaler;

/// <summary>The connected accounts, of all servers, in the order of their UTF-8 bytes. Enumerating asks for page after page.</summary>
public sealed class AccountQuery : IAsyncEnumerable<AccountInfo>
{
    private const int PageSize = 500;
    private readonly ScalerCluster _cluster;
    private readonly string _prefix;

    internal AccountQuery(ScalerCluster cluster, string prefix = "")
    {
        _cluster = cluster;
        _prefix = prefix;
    }

    /// <summary>Only the accounts whose name begins so.</summary>
    public AccountQuery StartingWith(string prefix) => new(_cluster, prefix);

    /// <summary>One page.</summary>
    /// <param name="after">The last account of the page before; null for the first page.</param>
    /// <param name="take">How many: 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public Task<AccountPage> PageAsync(string? after = null, int take = 100, CancellationToken cancellationToken = default) =>
        _cluster.GetAccountsAsync(_prefix, after, take, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerator<AccountInfo> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        for (string? after = null; ;)
        {
            var page = await PageAsync(after, PageSize, cancellationToken);
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
