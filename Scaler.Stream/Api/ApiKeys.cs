using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>
/// Holds the API keys. They are stored as SHA-256 hashes, which have equal length, and compared in constant time.
/// </summary>
internal sealed class ApiKeys(IOptions<ApiOptions> options)
{
    private readonly byte[][] _hashes = [.. options.Value.Keys.Select(Hash)];

    /// <summary>Gets the number of keys.</summary>
    public int Count => _hashes.Length;

    /// <summary>Returns the index of a key in the configuration, or -1 if the key is not configured.</summary>
    public int Find(string key)
    {
        var hash = Hash(key);
        var found = -1;
        for (var i = 0; i < _hashes.Length; i++)
        {
            // Do not exit early: the duration must not reveal which key matched.
            found = CryptographicOperations.FixedTimeEquals(_hashes[i], hash) ? i : found;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
