using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Scaler.EngineIO.Http;

/// <summary>
/// What counts as one address: an IPv4 address, or the /64 of an IPv6 address, for that is the least that one subscriber has, and within it
/// any address can be taken at will.
/// </summary>
internal readonly record struct AddressKey(AddressFamily Family, ulong Bits)
{
    public static AddressKey Of(IPAddress address)
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

    /// <summary>One of a fixed number of keys, which addresses share.</summary>
    public AddressKey Shared(int keys) => new(AddressFamily.Unspecified, (uint)GetHashCode() % (uint)keys);
}
