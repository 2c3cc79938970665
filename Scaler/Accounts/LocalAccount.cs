namespace Scaler;

/// <summary>The connections of one account on this server. Its lock is held for a few instructions and never while anything is called.</summary>
internal sealed class LocalAccount(Account account)
{
    private readonly Lock _lock = new();
    private ConnectionSlots<Slot> _connections;
    private bool _forgotten;

    public Account Account { get; } = account;

    /// <summary>Adds a connection.</summary>
    /// <returns>False where the account has been forgotten: the caller takes a new one.</returns>
    public bool TryAdd(ScalerConnection connection)
    {
        lock (_lock)
        {
            if (!_forgotten)
            {
                _connections.Add(connection);
            }

            return !_forgotten;
        }
    }

    /// <summary>Removes a connection; does nothing where it is not there.</summary>
    /// <returns>Whether that was the last: then the account is forgotten, and takes no connection any more.</returns>
    public bool Remove(ScalerConnection connection)
    {
        lock (_lock)
        {
            return _connections.Remove(connection) && (_forgotten = _connections.Count == 0);
        }
    }

    /// <summary>The connections of now, in an array of the shared pool that the caller returns.</summary>
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
        public static ref int Of(ScalerConnection connection) => ref connection.SlotOfAccount;
    }
}
