using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Connections;

namespace Scaler.DirectSockets;

/// <summary>
/// Represents the features of a connection: those that the connection implements, and those that other components add.
/// </summary>
/// <remarks>
/// The features are in a list: there are few of them, and a dictionary would use more memory per connection. The collection also
/// replaces Kestrel's once-per-second heartbeat, so that the heartbeat can be stopped. Kestrel keeps heartbeat callbacks until
/// the connection is disposed. The callback of the HTTP connection would keep about 10 KiB alive after its request has ended.
/// </remarks>
/// <param name="connection">The connection, which implements its own features.</param>
internal sealed class ConnectionFeatures(DirectConnection connection) : IFeatureCollection, IConnectionHeartbeatFeature
{
    private static readonly Type[] Own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature),
        typeof(IMemoryPoolFeature), typeof(IDisconnectDetectionFeature),
    ];

    // Also holds replacements of the connection's own features; null if a feature was removed.
    private readonly List<KeyValuePair<Type, object?>> _added = [];
    private Action? _onHeartbeat;

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
            var added = new KeyValuePair<Type, object?>(
                key, key == typeof(IConnectionHeartbeatFeature) ? InterceptHeartbeat(value) : value);
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

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) => _onHeartbeat += () => action(state);

    /// <summary>Removes all heartbeat callbacks.</summary>
    public void StopHeartbeat() => Volatile.Write(ref _onHeartbeat, null);

    // A request may run for a long time: check once per second whether its client has disconnected.
    private void OnHeartbeat()
    {
        if (Volatile.Read(ref _onHeartbeat) is { } callbacks)
        {
            callbacks();
            connection.WatchForDisconnect();
        }
    }

    private object? InterceptHeartbeat(object? feature)
    {
        if (feature is not IConnectionHeartbeatFeature heartbeat)
        {
            return feature;
        }

        heartbeat.OnHeartbeat(static features => ((ConnectionFeatures)features).OnHeartbeat(), this);
        return this;
    }
}
