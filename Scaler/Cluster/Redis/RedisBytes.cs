using System.Text;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>Bounds of ranges of names in the order of their bytes, as ZRANGEBYLEX takes them.</summary>
internal static class RedisBytes
{
    /// <summary>
    /// The exclusive bound behind every name that begins with a prefix. UTF-8 has no byte 0xFF, so the prefix with 0xFF behind
    /// it comes after all of them.
    /// </summary>
    public static RedisValue After(string prefix)
    {
        var bound = new byte[Encoding.UTF8.GetByteCount(prefix) + 2];
        bound[0] = (byte)'(';
        Encoding.UTF8.GetBytes(prefix, bound.AsSpan(1));
        bound[^1] = 0xFF;
        return bound;
    }
}
