using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Scaler.EngineIO.Limits;

/// <summary>
/// Identifies a client address for rate limiting: an IPv4 address, or the /64 prefix of an IPv6 address. A /64 is the smallest
/// prefix assigned to a subscriber, who can use any address in it.
/// </summary>
/// <param name="Family">The address family; <see cref="AddressFamily.Unspecified"/> for a shared key.</param>
/// <param name="Bits">The IPv4 address, the IPv6 prefix, or the number of the shared key.</param>
internal readonly record struct AddressKey(AddressFamily Family, ulong Bits)
{
    public static AddressKey FromAddress(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out var length);
        if (length == 4)
        {
            return new AddressKey(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        }

        return address.IsIPv4MappedToIPv6
            ? new AddressKey(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new AddressKey(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Maps the key to one of a fixed number of shared keys, so that several addresses share a limit.</summary>
    /// <param name="keys">The number of shared keys.</param>
    public AddressKey ToSharedKey(int keys) => new(AddressFamily.Unspecified, (uint)GetHashCode() % (uint)keys);
}
