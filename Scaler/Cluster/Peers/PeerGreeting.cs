using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Scaler.Cluster.Peers;

/// <summary>
/// What a server says when it connects to another: <c>sender, receiver, time, random, tag</c>, separated by spaces. Only a server of the
/// cluster can make the tag; it is worth something for one receiver, for a minute, and once.
/// </summary>
internal sealed class PeerGreeting(TimeProvider time)
{
    public const string Name = "X-Scaler-Peer";

    /// <summary>What the connection is upgraded to (RFC 9110 section 7.8).</summary>
    public const string Protocol = "scaler-peer";

    private const int RandomBytes = 12;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    // Those that were accepted, and until when they would be. There are as many as other servers have connected in two minutes.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    public static string Write(string sender, string receiver, DateTimeOffset now, ClusterSecret secret)
    {
        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var said = string.Create(CultureInfo.InvariantCulture, $"{sender} {receiver} {now.ToUnixTimeMilliseconds()} {random}");
        return $"{said} {secret.Peers.Tag(said)}";
    }

    /// <summary>Accepts a greeting, once.</summary>
    /// <returns>False where this cluster did not make it, or for another receiver, or more than a minute ago, or it was accepted before.</returns>
    public bool TryAccept(string greeting, string receiver, ClusterSecret secret)
    {
        var now = time.GetUtcNow();
        var parts = greeting.Split(' ');
        if (parts.Length != 5 || !secret.Peers.IsTag(greeting[..greeting.LastIndexOf(' ')], parts[4]) || parts[1] != receiver
            || !long.TryParse(parts[2], CultureInfo.InvariantCulture, out var milliseconds)
            || (now - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() > MaxAge)
        {
            return false;
        }

        foreach (var (used, until) in _used)
        {
            if (until < now)
            {
                _used.TryRemove(used, out _);
            }
        }

        // The clock of the sender may be ahead by as much as a greeting may be old.
        return _used.TryAdd(parts[4], now + (2 * MaxAge));
    }
}
