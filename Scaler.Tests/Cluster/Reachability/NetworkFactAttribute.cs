using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Scaler.Tests.Cluster.Reachability;

/// <summary>A fact that needs an IPv4 address other than loopback. Skipped on a machine without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = LocalAddress is null ? "This machine has no network." : null;

    public static IPAddress? LocalAddress { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .Where(static network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
        .Select(static unicast => unicast.Address)
        .FirstOrDefault(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
}
