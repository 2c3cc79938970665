using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Accounts;

/// <summary>
/// The accounts that begin with a prefix, as the rows of a table that is scrolled. A row is not a position in the registry: accounts come and go
/// while somebody reads, and a browser scrolls over so many rows only. So what is seen is kept by its name; the ends of the table are the
/// ends of the list; and whoever drags the bar far is taken to the same part of the list as of the table.
/// </summary>
internal sealed class AccountWindow(IClusterView view, string prefix)
{
    /// <summary>
    /// The most rows of a table. Browsers end what is taller than 17 (Firefox) or 33 million pixels (the others), at 35 for each row.
    /// </summary>
    public const int MostRows = 400_000;

    /// <summary>How many rows are drawn in front of those that are seen, and behind.</summary>
    public const int Margin = 15;

    /// <summary>Which of the rows that are read is seen first: the table takes what is next to be seen for seen.</summary>
    public const int Seen = Margin + 2;

    /// <summary>How far somebody scrolls who goes row by row, however fast. The bar goes further with each pixel of a long list.</summary>
    private const int NearRows = 1_000;

    /// <summary>As many as a table draws at most: opened in a window of any height, it need not ask again.</summary>
    private const int FirstRows = 100;

    private IReadOnlyList<AccountInfo> _accounts = [];
    private int _row;
    private int _asked;
    private bool _isFresh;

    /// <summary>What the accounts begin with.</summary>
    public string Prefix => prefix;

    /// <summary>How many accounts there are; null while that is not known.</summary>
    public long? Total { get; private set; }

    /// <summary>How many rows the table has.</summary>
    public int Rows => (int)Math.Min(Total ?? 0, MostRows);

    /// <summary>The row that the table opens at.</summary>
    public int FirstRow { get; private set; }

    /// <summary>The first account that is seen; null at the top of the list.</summary>
    public string? At => _row == 0 || _accounts.Count == 0 ? null : _accounts[Math.Min(Seen, _accounts.Count - 1)].Name;

    /// <summary>Reads the beginning, or what stands around an account.</summary>
    public async Task<AccountWindow> OpenAsync(string? at, CancellationToken cancellationToken)
    {
        var answer = await view.GetAccountRangeAsync(prefix, 0, at, FirstRows, cancellationToken);
        Total = answer.Total;
        FirstRow = RowOf(answer.Position, answer.Total);
        (_row, _accounts, _isFresh) = (FirstRow, answer.Accounts, true);
        return this;
    }

    /// <summary>
    /// Reads the accounts of some rows, and never of more: the table would draw them too, and it measures how high a row is by what is drawn.
    /// </summary>
    public async Task<IReadOnlyList<AccountInfo>> ReadAsync(int row, int count, CancellationToken cancellationToken)
    {
        if (_isFresh)
        {
            _isFresh = false;
            if (row == 0 && (_row >= count || (_row == 0 && _accounts.Count >= Math.Min(count, Rows))))
            {
                // The table is drawn from its top before it can be scrolled to where it opens: nobody sees that.
                return _row == 0 ? [.. _accounts.Take(count)] : [];
            }
        }

        var asked = ++_asked;
        count = Math.Clamp(Rows - row, 1, count);
        var (offset, from) = Place(row, count);
        var answer = await view.GetAccountRangeAsync(prefix, offset, from, count, cancellationToken);
        var expected = (int)Math.Min(count, answer.Total);
        if (answer.Accounts.Count < expected)
        {
            // The list ends before the table does.
            answer = await view.GetAccountRangeAsync(prefix, answer.Total - expected, null, expected, cancellationToken);
        }

        // Somebody who scrolls is ahead of the answers: one to an older question is not what is seen.
        if (asked == _asked)
        {
            (Total, _row, _accounts) = (answer.Total, row, answer.Accounts);
        }

        return answer.Accounts;
    }

    /// <summary>What is known of some rows, and of no more, without asking.</summary>
    public IReadOnlyList<AccountInfo> Known(int row, int count) => row < _row ? [] : [.. _accounts.Skip(row - _row).Take(count)];

    private (long Offset, string? From) Place(int row, int count)
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
            var seen = Math.Clamp(row + Seen, _row, _row + _accounts.Count - 1);
            return (row - seen, _accounts[seen - _row].Name);
        }

        return (PositionOf(row, Total ?? 0), null);
    }

    // Near the ends rows and positions are the same, or an account there would stand where the end of the list is shown, out of sight.
    private int RowOf(long position, long total)
    {
        var part = total <= MostRows ? position : (long)(position * (MostRows - 1.0) / (total - 1));
        return (int)Math.Clamp(part, Math.Min(position, NearRows), Rows - Math.Min(total - position, NearRows));
    }

    private long PositionOf(int row, long total) =>
        row <= NearRows || total <= MostRows ? row
        : row >= Rows - NearRows ? total - (Rows - row)
        : (long)(row * (total - 1.0) / (MostRows - 1));
}
