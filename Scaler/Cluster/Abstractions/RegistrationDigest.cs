using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Computes the hash of a connection. The sum of these hashes is an order-independent digest of a set of connections. Two sets
/// with the same count and digest are equal, unless a server crafts a hash collision; only the server that holds the connections
/// could do so.
/// </summary>
internal static class RegistrationDigest
{
    public static ulong Compute(string account, string connectionId)
    {
        var maxBytes = Encoding.UTF8.GetMaxByteCount(account.Length + connectionId.Length) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            var length = Encoding.UTF8.GetBytes(account, rented);
            rented[length++] = 1;
            length += Encoding.UTF8.GetBytes(connectionId, rented.AsSpan(length));
            return XxHash3.HashToUInt64(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
