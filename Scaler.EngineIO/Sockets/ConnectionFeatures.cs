using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection's features: what the connection is itself, and what others add. There are few, and there is one of these for each connection: a list
/// is less than a table. The web server's heartbeat, once a second, is the connection's too, and can be stopped. Kestrel keeps whoever listens to its own until
/// the connection is disposed of, and it is the HTTP above a connection that does: some 10 KiB, for a request that may be over.
/// </summary>
/// <param name="connection">The connection, for the features that it implements.</param>
internal sealed class ConnectionFeatures(DirectConnection connection) : IFeatureCollection, IConnectionHeartbeatFeature
{
    private static readonly Type[] Own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IConnectionLifetimeFeature),
        typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature), typeof(IMemoryPoolFeature),
        typeof(IClientWatch),
    ];

    // An own feature that somebody has replaced, or removed, is in here too.
    private readonly List<KeyValuePair<Type, object?>> _added = [];
    private Action? _beat;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            foreach (var (type, feature) in _added)
            {
                if (type == key)
                {
                    return feature;
                }
            }

            return Array.IndexOf(Own, key) >= 0 ? connection : null;
        }

        set
        {
            Revision++;
            var added = new KeyValuePair<Type, object?>(key, key == typeof(IConnectionHeartbeatFeature) ? Listen(value) : value);
            var index = _added.FindIndex(pair => pair.Key == key);
            if (index < 0)
            {
                _added.Add(added);
            }
            else
            {
                _added[index] = added;
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (var type in Own.Concat(_added.Select(static pair => pair.Key)).Distinct())
        {
            if (this[type] is { } feature)
            {
                yield return KeyValuePair.Create(type, feature);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) => _beat += () => action(state);

    /// <summary>Calls nobody any more.</summary>
    public void StopHeartbeat() => Volatile.Write(ref _beat, null);

    // A request may take its time: once a second its client is looked after.
    private void Beat()
    {
        if (Volatile.Read(ref _beat) is { } beat)
        {
            beat();
            connection.Watch();
        }
    }

    private object? Listen(object? feature)
    {
        if (feature is not IConnectionHeartbeatFeature heartbeat)
        {
            return feature;
        }

        heartbeat.OnHeartbeat(static features => ((ConnectionFeatures)features).Beat(), this);
        return this;
    }
}
