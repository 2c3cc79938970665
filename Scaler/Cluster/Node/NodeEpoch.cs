namespace Scaler.Cluster.Node;

/// <summary>
/// Holds the name of the server epoch (see <see cref="ServerEpochName"/>) under which a process sends and receives.
/// </summary>
internal sealed class NodeEpoch(string name)
{
    private volatile string _name = name;

    public string Name => _name;

    /// <summary>Creates a unique name for a process that holds no lease.</summary>
    public static NodeEpoch CreateOutside() => new(ServerEpochName.Format("outside-" + Guid.NewGuid().ToString("N")[..12], 0));

    /// <summary>Begins a new epoch. Envelopes that are sent from now on carry its name.</summary>
    public void Begin(string name) => _name = name;
}
