using System.Collections.Concurrent;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using Scaler.Cluster.Wire;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Holds the connections of this server, indexed by account and in one array for broadcasts.</summary>
internal sealed class LocalAccounts : ILocalDelivery, ILocalConnections
{
    private readonly ConcurrentDictionary<string, LocalAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private ConnectionList<Slot> _connections;

    public int ConnectionCount => _connections.Count;

    public int AccountCount => _accounts.Count;

    /// <summary>Adds a connection to its account.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="create">The callback that creates the account if this server holds no connection of it.</param>
    /// <param name="connect">The callback that creates the connection.</param>
    public void AddConnection(string account, Func<string, Account> create, Func<Account, ScalerConnection> connect)
    {
        ScalerConnection? connection = null;
        while (true)
        {
            var local = _accounts.GetOrAdd(account, static (name, create) => new LocalAccount(create(name)), create);
            connection ??= connect(local.Account);
            if (local.TryAdd(connection))
            {
                lock (_lock)
                {
                    _connections.Add(connection);
                }

                return;
            }

            // Another thread removed the last connection of the account. Remove the account here instead of waiting for it.
            _accounts.TryRemove(KeyValuePair.Create(account, local));
        }
    }

    public void RemoveConnection(ScalerConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }

        var name = connection.Account.Name;
        if (_accounts.TryGetValue(name, out var local) && local.Remove(connection))
        {
            _accounts.TryRemove(KeyValuePair.Create(name, local));
        }
    }

    /// <summary>Returns a snapshot of all connections, taken when the enumeration starts.</summary>
    public IEnumerable<ScalerConnection> GetConnections()
    {
        var rented = Rent(out var count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                yield return rented[i];
            }
        }
        finally
        {
            ConnectionList.Return(rented, count);
        }
    }

    IEnumerable<IRegisteredConnection> ILocalConnections.GetConnections() => GetConnections();

    public (long QueuedBytes, int WebSockets) Measure()
    {
        long queued = 0;
        var webSockets = 0;
        foreach (var connection in GetConnections())
        {
            queued += connection.Session.QueuedBytes;
            webSockets += connection.Session.Transport == EngineTransport.WebSocket ? 1 : 0;
        }

        return (queued, webSockets);
    }

    public int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, EnvelopeFlags flags)
    {
        if (target.Account is { } account && !_accounts.ContainsKey(account))
        {
            return 0;
        }

        // Encode once for all receivers.
        using var message = EngineEncodedMessage.Create(
            payload, flags.HasFlag(EnvelopeFlags.Binary) ? EngineMessageKind.Binary : EngineMessageKind.Text);
        return flags.HasFlag(EnvelopeFlags.Volatile)
            ? ForEach(target, message, static (connection, message) =>
                connection.Session.TrySend(message, EngineSendFlags.Volatile) == EngineSendOutcome.Sent)
            : ForEach(target, message, static (connection, message) =>
                connection.Session.TrySend(message) == EngineSendOutcome.Sent);
    }

    public int Disconnect(in DeliveryTarget target) =>
        ForEach<object?>(target, null, static (connection, _) =>
        {
            connection.BeginClose();
            return true;
        });

    public Receipt GetInventory()
    {
        var (count, digest) = (0, 0UL);
        foreach (var connection in GetConnections())
        {
            if (!connection.HasEnded)
            {
                count++;
                digest += RegistrationDigest.Compute(connection.Account.Name, connection.Id);
            }
        }

        return new Receipt(count, digest);
    }

    public IReadOnlyList<ConnectionActivity> GetActivity(string account, int most)
    {
        var activity = new List<ConnectionActivity>();
        ForEach(new DeliveryTarget(account), activity, (connection, list) =>
        {
            if (list.Count < most)
            {
                list.Add(new ConnectionActivity(
                    connection.Id, connection.Session.LastSeen, connection.Session.QueuedBytes,
                    connection.Session.QueuedPackets));
            }

            return true;
        });
        return activity;
    }

    private int ForEach<T>(in DeliveryTarget target, T state, Func<ScalerConnection, T, bool> act)
    {
        var (sum, count) = (0, 0);
        var rented = target.Account is not { } account ? Rent(out count)
            : _accounts.TryGetValue(account, out var local) ? local.Rent(out count) : [];
        try
        {
            foreach (var connection in rented.AsSpan(0, count))
            {
                if ((target.Only is null || connection.Id == target.Only)
                    && (target.Except is null || connection.Id != target.Except)
                    && act(connection, state))
                {
                    sum++;
                }
            }
        }
        finally
        {
            ConnectionList.Return(rented, count);
        }

        return sum;
    }

    private ScalerConnection[] Rent(out int count)
    {
        lock (_lock)
        {
            count = _connections.Count;
            return _connections.Rent();
        }
    }

    private readonly struct Slot : IConnectionSlot
    {
        public static ref int GetIndex(ScalerConnection connection) => ref connection.ServerSlot;
    }
}
