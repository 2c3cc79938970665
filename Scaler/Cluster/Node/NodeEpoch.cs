namespace Scaler.Cluster.Node;

/// <summary>
/// Holds the names of the server epochs (see <see cref="ServerEpochName"/>) under which a process sends and receives. Other
/// servers may still send to an earlier epoch of this process. No other process ever has the same name.
/// </summary>
internal sealed class NodeEpoch(string name)
{
    /// <summary>The number of earlier epochs to keep. What other servers send to an epoch is valid for one minute.</summary>
    private const int MaxNames = 128;

    private volatile string[] _names = [name];

    /// <summary>Gets the name of the current epoch.</summary>
    public string Name => _names[0];

    /// <summary>Creates a unique name for a process that holds no lease.</summary>
    public static NodeEpoch CreateOutside() => new(ServerEpochName.Format("outside-" + Guid.NewGuid().ToString("N")[..12], 0));

    /// <summary>Begins a new epoch. Envelopes that are sent from now on carry its name.</summary>
    public void Begin(string name) => _names = [name, .. _names.Take(MaxNames - 1)];

    /// <summary>Returns <see langword="true"/> if this process is or was in the epoch.</summary>
    public bool Includes(string name)
    {
        foreach (var own in _names)
        {
            if (own == name)
            {
                return true;
            }
        }

        return false;
    }
}
