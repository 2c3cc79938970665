namespace Scaler;

/// <summary>
/// Represents the connections of one account on this server. The lock is held for a few instructions and never while other code
/// is called.
/// </summary>
internal sealed class LocalAccount(Account account)
{
    private readonly Lock _lock = new();
    private ConnectionList<Slot> _connections;
    private bool _removed;

    public Account Account { get; } = account;

    /// <summary>Adds a connection.</summary>
    /// <returns>
    /// <see langword="true"/> if the connection was added; <see langword="false"/> if the account has been removed. The caller
    /// then creates a new <see cref="LocalAccount"/>.
    /// </returns>
    public bool TryAdd(ScalerConnection connection)
    {
        lock (_lock)
        {
            if (!_removed)
            {
                _connections.Add(connection);
            }

            return !_removed;
        }
    }

    /// <summary>Removes a connection. Does nothing if the account does not have it.</summary>
    /// <returns>
    /// <see langword="true"/> if it was the last connection. The account then counts as removed and accepts no further
    /// connections.
    /// </returns>
    public bool Remove(ScalerConnection connection)
    {
        lock (_lock)
        {
            return _connections.Remove(connection) && (_removed = _connections.Count == 0);
        }
    }

    /// <summary>
    /// Copies the current connections to an array rented from the shared pool. Return the array with
    /// <see cref="ConnectionList.Return"/>.
    /// </summary>
    public ScalerConnection[] Rent(out int count)
    {
        lock (_lock)
        {
            count = _connections.Count;
            return _connections.Rent();
        }
    }

    private readonly struct Slot : IConnectionSlot
    {
        public static ref int GetIndex(ScalerConnection connection) => ref connection.AccountSlot;
    }
}
