using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>The keys that open the API. They are kept and compared as hashes of one length, in constant time.</summary>
internal sealed class ApiKeys(IOptions<ApiOptions> options)
{
    private readonly byte[][] _hashes = [.. options.Value.Keys.Select(Hash)];

    /// <summary>How many there are.</summary>
    public int Count => _hashes.Length;

    /// <summary>Which key this is, by its place in the configuration; negative where it is none.</summary>
    public int Find(string key)
    {
        var hash = Hash(key);
        var found = -1;
        for (var i = 0; i < _hashes.Length; i++)
        {
            // No early end: how long it takes says nothing about which key it was.
            found = CryptographicOperations.FixedTimeEquals(_hashes[i], hash) ? i : found;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
