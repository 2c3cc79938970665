using System.Buffers;

namespace Scaler;

/// <summary>Provides access to the index that a connection stores for one kind of <see cref="ConnectionList{TSlot}"/>.</summary>
internal interface IConnectionSlot
{
    /// <summary>Returns a reference to the index of a connection; -1 if the connection is not in the array.</summary>
    static abstract ref int GetIndex(ScalerConnection connection);
}

/// <summary>
/// An array of connections with O(1) add and remove, because each connection stores its own index. Not thread-safe: the lock of
/// the owning object guards the array and the stored indexes. The lock is held for a few instructions.
/// </summary>
internal struct ConnectionList<TSlot>
    where TSlot : IConnectionSlot
{
    private ScalerConnection[]? _connections;

    public int Count { get; private set; }

    public void Add(ScalerConnection connection)
    {
        if (_connections is null || Count == _connections.Length)
        {
            Array.Resize(ref _connections, Math.Max(1, Count * 2));
        }

        TSlot.GetIndex(connection) = Count;
        _connections[Count++] = connection;
    }

    /// <summary>Removes a connection and moves the last connection of the array to its index.</summary>
    /// <returns>
    /// <see langword="true"/> if the connection was removed; <see langword="false"/> if it is not in the array.
    /// </returns>
    public bool Remove(ScalerConnection connection)
    {
        ref var slot = ref TSlot.GetIndex(connection);
        if (slot < 0)
        {
            return false;
        }

        var last = _connections![--Count];
        _connections[Count] = null!;
        if (last != connection)
        {
            _connections[slot] = last;
            TSlot.GetIndex(last) = slot;
        }

        slot = -1;
        return true;
    }

    /// <summary>
    /// Copies the current connections to an array rented from the shared pool. Return the array with
    /// <see cref="ConnectionList.Return"/>.
    /// </summary>
    public readonly ScalerConnection[] Rent()
    {
        var rented = ArrayPool<ScalerConnection>.Shared.Rent(Count);
        _connections.AsSpan(0, Count).CopyTo(rented);
        return rented;
    }
}

internal static class ConnectionList
{
    public static void Return(ScalerConnection[] rented, int count)
    {
        rented.AsSpan(0, count).Clear();
        ArrayPool<ScalerConnection>.Shared.Return(rented);
    }
}
