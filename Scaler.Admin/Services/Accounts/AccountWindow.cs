using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Accounts;

/// <summary>
/// Maps the accounts that start with a prefix to the rows of a virtualized table. A row is not a position in the registry, for
/// two reasons: accounts connect and disconnect while the table is open, and browsers limit the height of an element. The first
/// visible account is therefore tracked by name. The first and last rows always show the first and last accounts. Dragging the
/// scroll bar far maps the row to the proportional position in the list.
/// </summary>
internal sealed class AccountWindow(IClusterView view, string prefix)
{
    /// <summary>
    /// The maximum number of rows in the table. A row is 35 pixels high, and browsers limit an element's height to 17 million
    /// pixels (Firefox) or 33 million pixels (other browsers).
    /// </summary>
    public const int MaxRows = 400_000;

    /// <summary>The number of rows rendered before and after the visible rows.</summary>
    public const int OverscanRows = 15;

    /// <summary>The index of the first visible row within a read. QuickGrid counts adjacent rows as visible.</summary>
    public const int FirstVisibleIndex = OverscanRows + 2;

    /// <summary>
    /// The maximum distance, in rows, of scrolling by wheel or keyboard. In a long list, one pixel of the scroll bar moves
    /// further.
    /// </summary>
    private const int NearRows = 1_000;

    /// <summary>
    /// The number of rows read on opening. It covers a window of any height, so the first render needs one read.
    /// </summary>
    private const int FirstRows = 100;

    private IReadOnlyList<AccountInfo> _accounts = [];
    private int _row;
    private int _reads;
    private bool _isFresh;

    /// <summary>Gets the prefix of the account names.</summary>
    public string Prefix => prefix;

    /// <summary>Gets the number of accounts, or <see langword="null"/> until it is known.</summary>
    public long? Total { get; private set; }

    /// <summary>Gets the number of rows in the table, at most <see cref="MaxRows"/>.</summary>
    public int Rows => (int)Math.Min(Total ?? 0, MaxRows);

    /// <summary>Gets the row to scroll to when the table opens.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Gets the first visible account, or <see langword="null"/> at the top of the list.</summary>
    public string? FirstVisibleAccount => _row == 0 || _accounts.Count == 0 ? null : _accounts[Math.Min(FirstVisibleIndex, _accounts.Count - 1)].Name;

    /// <summary>Reads the accounts at the top of the list, or from an account on.</summary>
    /// <param name="at">The account to start at, or <see langword="null"/> for the top of the list.</param>
    /// <param name="cancellationToken">The token to cancel the operation.</param>
    /// <returns>This instance.</returns>
    public async Task<AccountWindow> OpenAsync(string? at, CancellationToken cancellationToken)
    {
        var answer = await view.GetAccountRangeAsync(prefix, 0, at, FirstRows, cancellationToken);
        Total = answer.Total;
        FirstRow = RowOf(answer.Position, answer.Total);
        (_row, _accounts, _isFresh) = (FirstRow, answer.Accounts, true);
        return this;
    }

    /// <summary>
    /// Reads the accounts for a range of rows. It never returns more than <paramref name="count"/> accounts: the table would
    /// render them too, and it derives the row height from the rendered rows.
    /// </summary>
    /// <param name="row">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="cancellationToken">The token to cancel the operation.</param>
    /// <returns>The accounts.</returns>
    public async Task<IReadOnlyList<AccountInfo>> ReadAsync(int row, int count, CancellationToken cancellationToken)
    {
        if (_isFresh)
        {
            _isFresh = false;
            if (row == 0 && (_row >= count || (_row == 0 && _accounts.Count >= Math.Min(count, Rows))))
            {
                // The table renders from its top before it scrolls to FirstRow. Those rows are never visible.
                return _row == 0 ? [.. _accounts.Take(count)] : [];
            }
        }

        var read = ++_reads;
        count = Math.Clamp(Rows - row, 1, count);
        var (offset, from) = Locate(row, count);
        var answer = await view.GetAccountRangeAsync(prefix, offset, from, count, cancellationToken);
        var expected = (int)Math.Min(count, answer.Total);
        if (answer.Accounts.Count < expected)
        {
            // The list has become shorter than the table.
            answer = await view.GetAccountRangeAsync(prefix, answer.Total - expected, null, expected, cancellationToken);
        }

        // Ignore the result of an older read: the user has scrolled on since.
        if (read == _reads)
        {
            (Total, _row, _accounts) = (answer.Total, row, answer.Accounts);
        }

        return answer.Accounts;
    }

    /// <summary>Returns the accounts of a range of rows from the last read, without reading the cluster.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="count">The maximum number of accounts.</param>
    /// <returns>The accounts; empty if none of the rows was read.</returns>
    public IReadOnlyList<AccountInfo> GetCached(int row, int count) => row < _row ? [] : [.. _accounts.Skip(row - _row).Take(count)];

    private (long Offset, string? From) Locate(int row, int count)
    {
        if (row == 0)
        {
            return (0, null);
        }

        if (row + count >= Rows)
        {
            return (Math.Max(0, (Total ?? 0) - count), null);
        }

        if (_accounts.Count > 0 && Math.Abs(row - _row) <= NearRows)
        {
            var seen = Math.Clamp(row + FirstVisibleIndex, _row, _row + _accounts.Count - 1);
            return (row - seen, _accounts[seen - _row].Name);
        }

        return (PositionOf(row, Total ?? 0), null);
    }

    // Near both ends of the list, rows map to positions one to one. A proportional row there could fall within the rows that
    // always show the first or last accounts, and the requested account would not be visible.
    private int RowOf(long position, long total)
    {
        var part = total <= MaxRows ? position : (long)(position * (MaxRows - 1.0) / (total - 1));
        return (int)Math.Clamp(part, Math.Min(position, NearRows), Rows - Math.Min(total - position, NearRows));
    }

    private long PositionOf(int row, long total) =>
        row <= NearRows || total <= MaxRows ? row
        : row >= Rows - NearRows ? total - (Rows - row)
        : (long)(row * (total - 1.0) / (MaxRows - 1));
}
