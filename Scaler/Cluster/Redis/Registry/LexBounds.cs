using System.Text;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Registry;

/// <summary>Creates range bounds for ZRANGEBYLEX, which sorts names by their bytes.</summary>
internal static class LexBounds
{
    /// <summary>
    /// Returns the exclusive upper bound of the names that begin with a prefix. UTF-8 never contains the byte 0xFF, so the prefix
    /// followed by 0xFF sorts after all of them.
    /// </summary>
    public static RedisValue GetPrefixUpperBound(string prefix)
    {
        var bound = new byte[Encoding.UTF8.GetByteCount(prefix) + 2];
        bound[0] = (byte)'(';
        Encoding.UTF8.GetBytes(prefix, bound.AsSpan(1));
        bound[^1] = 0xFF;
        return bound;
    }
}
