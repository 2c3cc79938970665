using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection's features, with a heartbeat that can be stopped. Kestrel keeps whoever listens to its own until the connection is disposed of,
/// and it is the HTTP above a connection that does: some 10 KiB, for a request that may be over.
/// </summary>
internal sealed class ConnectionFeatures(IFeatureCollection inner) : IFeatureCollection, IConnectionHeartbeatFeature
{
    private Action? _beat;

    public bool IsReadOnly => inner.IsReadOnly;

    public int Revision => inner.Revision;

    public object? this[Type key]
    {
        get => inner[key];
        set => inner[key] = key == typeof(IConnectionHeartbeatFeature) ? Listen(value) : value;
    }

    public TFeature? Get<TFeature>() => inner.Get<TFeature>();

    public void Set<TFeature>(TFeature? instance)
    {
        if (typeof(TFeature) == typeof(IConnectionHeartbeatFeature))
        {
            this[typeof(TFeature)] = instance;
        }
        else
        {
            inner.Set(instance);
        }
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => inner.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) => _beat += () => action(state);

    /// <summary>Calls nobody any more.</summary>
    public void StopHeartbeat() => Volatile.Write(ref _beat, null);

    private object? Listen(object? feature)
    {
        if (feature is not IConnectionHeartbeatFeature heartbeat)
        {
            return feature;
        }

        heartbeat.OnHeartbeat(static features => Volatile.Read(ref ((ConnectionFeatures)features)._beat)?.Invoke(), this);
        return this;
    }
}
