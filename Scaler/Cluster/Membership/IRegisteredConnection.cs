using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Membership;

/// <summary>Provides the registry entry of a connection of this server.</summary>
internal interface IRegisteredConnection
{
    /// <summary>
    /// Gets a value indicating whether the connection has ended. It is set before the removal from the registry, so that a later
    /// retry does not register the connection again.
    /// </summary>
    bool HasEnded { get; }

    /// <summary>Creates the registry entry that identifies the connection for removal.</summary>
    RegistryEntry ToRegistryKey();

    /// <summary>Creates the registry entry that describes the connection.</summary>
    RegistryEntry ToRegistryEntry();
}
