using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Running;

/// <summary>
/// Ports for processes that have to be told theirs. They are taken from below the range that systems give to outgoing
/// connections, so that none of those takes the port of a process which is being restarted.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    public static int Take()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && Given.TryAdd(port, true)) return port;
        }

        throw new DistributedApplicationException($"No free port between {First} and {Last} was found.");
    }

    private static bool IsFree(int port) =>
        Loopback.Addresses.All(address =>
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
}
