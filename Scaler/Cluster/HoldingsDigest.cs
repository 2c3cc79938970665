using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace Scaler.Cluster;

/// <summary>
/// A digest of a set of connections that does not depend on their order: the sum of a hash of each. Two sets with the same
/// count and digest are the same, for all that is not an attack on the hash; and who could attack it holds the connections.
/// </summary>
internal static class HoldingsDigest
{
    public static ulong Of(string account, string connectionId)
    {
        var most = Encoding.UTF8.GetMaxByteCount(account.Length + connectionId.Length) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(most);
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
