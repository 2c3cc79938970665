using System.Buffers;
using System.Collections.Concurrent;
using Scaler.Cluster;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Every connection that this server holds, by account.</summary>
internal sealed class LocalAccounts(Func<string, Account> create) : ILocalDelivery
{
    private readonly ConcurrentDictionary<string, LocalAccount> _accounts = new(StringComparer.Ordinal);
    private int _connections;

    public int Connections => Volatile.Read(ref _connections);

    public int Count => _accounts.Count;

    /// <summary>Adds a connection to its account.</summary>
    public void Add(string account, Func<Account, ScalerConnection> connect)
    {
        ScalerConnection? connection = null;
        while (true)
        {
            var local = _accounts.GetOrAdd(account, static (name, create) => new LocalAccount(create(name)), create);
            connection ??= connect(local.Account);
            if (local.TryAdd(connection))
            {
                Interlocked.Increment(ref _connections);
                return;
            }

            // Its last connection left just now, and whoever removed that one removes the account too.
            _accounts.TryRemove(KeyValuePair.Create(account, local));
        }
    }

    public void Remove(ScalerConnection connection)
    {
        var name = connection.Account.Name;
        if (!_accounts.TryGetValue(name, out var local))
        {
            return;
        }

        var held = connection.Slot >= 0;
        if (local.Remove(connection))
        {
            _accounts.TryRemove(KeyValuePair.Create(name, local));
        }

        if (held)
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>Every connection, of about now.</summary>
    public IEnumerable<ScalerConnection> All()
    {
        foreach (var (_, local) in _accounts)
        {
            var rented = local.Rent(out var count);
            try
            {
                for (var i = 0; i < count; i++)
                {
                    yield return rented[i];
                }
            }
            finally
            {
                Return(rented, count);
            }
        }
    }

    public int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, bool isBinary)
    {
        if (target.Account is { } account && !_accounts.ContainsKey(account))
        {
            return 0;
        }

        // Encoded once, whatever the number of receivers.
        using var message = EngineEncodedMessage.Create(payload, isBinary ? EngineMessageKind.Binary : EngineMessageKind.Text);
        return ForEach(target, message, static (connection, message) => connection.Session.TrySend(message) == EngineSendOutcome.Sent);
    }

    public int Disconnect(in DeliveryTarget target) =>
        ForEach<object?>(target, null, static (connection, _) =>
        {
            connection.BeginClose();
            return true;
        });

    public Receipt TakeInventory()
    {
        var (count, digest) = (0, 0UL);
        foreach (var connection in All())
        {
            if (!connection.Ended)
            {
                count++;
                digest += HoldingsDigest.Of(connection.Account.Name, connection.Id);
            }
        }

        return new Receipt(count, digest);
    }

    public IReadOnlyList<ConnectionActivity> TakeActivity(string account, int most)
    {
        var activity = new List<ConnectionActivity>();
        ForEach(new DeliveryTarget(account), activity, (connection, list) =>
        {
            if (list.Count < most)
            {
                list.Add(new ConnectionActivity(connection.Id, connection.Session.LastSeen, connection.Session.QueuedBytes, connection.Session.QueuedPackets));
            }

            return true;
        });
        return activity;
    }

    private int ForEach<T>(in DeliveryTarget target, T state, Func<ScalerConnection, T, bool> act)
    {
        if (target.Account is { } account)
        {
            return _accounts.TryGetValue(account, out var local) ? ForEach(local, target, state, act) : 0;
        }

        var sum = 0;
        foreach (var (_, local) in _accounts)
        {
            sum += ForEach(local, target, state, act);
        }

        return sum;
    }

    private static int ForEach<T>(LocalAccount local, in DeliveryTarget target, T state, Func<ScalerConnection, T, bool> act)
    {
        var sum = 0;
        var rented = local.Rent(out var count);
        try
        {
            foreach (var connection in rented.AsSpan(0, count))
            {
                if ((target.Only is null || connection.Id == target.Only) && (target.Except is null || connection.Id != target.Except)
                    && act(connection, state))
                {
                    sum++;
                }
            }
        }
        finally
        {
            Return(rented, count);
        }

        return sum;
    }

    private static void Return(ScalerConnection[] rented, int count)
    {
        rented.AsSpan(0, count).Clear();
        ArrayPool<ScalerConnection>.Shared.Return(rented);
    }
}
