using System.Buffers;

namespace Scaler;

/// <summary>Where a connection keeps its place in one kind of list.</summary>
internal interface IConnectionSlot
{
    /// <summary>The place; -1 where it is in no such list.</summary>
    static abstract ref int Of(ScalerConnection connection);
}

/// <summary>
/// Connections in one array, each of which knows its place: what is added or removed is so at once, at any number. Not thread-safe: the
/// lock of whoever has it guards it, for a few instructions, and the slots too.
/// </summary>
internal struct ConnectionSlots<TSlot>
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

        TSlot.Of(connection) = Count;
        _connections[Count++] = connection;
    }

    /// <summary>Removes a connection, and puts the last one into its place.</summary>
    /// <returns>False where it is not there.</returns>
    public bool Remove(ScalerConnection connection)
    {
        ref var slot = ref TSlot.Of(connection);
        if (slot < 0)
        {
            return false;
        }

        var last = _connections![--Count];
        _connections[Count] = null!;
        if (last != connection)
        {
            _connections[slot] = last;
            TSlot.Of(last) = slot;
        }

        slot = -1;
        return true;
    }

    /// <summary>The connections of now, in an array of the shared pool: <see cref="ConnectionSlots.Return"/> takes it back.</summary>
    public readonly ScalerConnection[] Rent()
    {
        var rented = ArrayPool<ScalerConnection>.Shared.Rent(Count);
        _connections.AsSpan(0, Count).CopyTo(rented);
        return rented;
    }
}

internal static class ConnectionSlots
{
    public static void Return(ScalerConnection[] rented, int count)
    {
        rented.AsSpan(0, count).Clear();
        ArrayPool<ScalerConnection>.Shared.Return(rented);
    }
}
