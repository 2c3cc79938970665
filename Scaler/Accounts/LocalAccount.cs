using System.Buffers;

namespace Scaler;

/// <summary>The connections of one account on this server. Its lock is held for a few instructions and never while anything is called.</summary>
internal sealed class LocalAccount(Account account)
{
    private readonly Lock _lock = new();
    private ScalerConnection[] _connections = new ScalerConnection[1];
    private int _count;
    private bool _forgotten;

    public Account Account { get; } = account;

    /// <summary>Adds a connection.</summary>
    /// <returns>False where the account has been forgotten: the caller takes a new one.</returns>
    public bool TryAdd(ScalerConnection connection)
    {
        lock (_lock)
        {
            if (_forgotten)
            {
                return false;
            }

            if (_count == _connections.Length)
            {
                Array.Resize(ref _connections, _count * 2);
            }

            connection.Slot = _count;
            _connections[_count++] = connection;
            return true;
        }
    }

    /// <summary>Removes a connection; does nothing where it is not there.</summary>
    /// <returns>Whether that was the last: then the account is forgotten, and takes no connection any more.</returns>
    public bool Remove(ScalerConnection connection)
    {
        lock (_lock)
        {
            var slot = connection.Slot;
            if (slot < 0)
            {
                return false;
            }

            connection.Slot = -1;
            var last = _connections[--_count];
            _connections[_count] = null!;
            if (last != connection)
            {
                _connections[slot] = last;
                last.Slot = slot;
            }

            return _forgotten = _count == 0;
        }
    }

    /// <summary>The connections of now, in an array of the shared pool that the caller returns.</summary>
    public ScalerConnection[] Rent(out int count)
    {
        lock (_lock)
        {
            var rented = ArrayPool<ScalerConnection>.Shared.Rent(_count);
            Array.Copy(_connections, rented, _count);
            count = _count;
            return rented;
        }
    }
}
