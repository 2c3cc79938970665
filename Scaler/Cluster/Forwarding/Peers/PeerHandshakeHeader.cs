using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Authenticates the two ends of a connection between servers. The greeting is <c>sender, receiver, time, random, tag</c>, and
/// the answer to it is <c>server, epoch, tag</c>, separated by spaces. Only a server of the cluster can compute the tags. A
/// greeting names the epoch of its receiver. It is valid for one process, for one minute, and once. The tag of an answer also
/// covers the greeting, so a captured answer is invalid for another greeting.
/// </summary>
internal sealed class PeerHandshakeHeader(TimeProvider time)
{
    public const string Name = "X-Scaler-Peer";

    /// <summary>
    /// The name of the protocol in the <c>Upgrade</c> header (RFC 9110 section 7.8), with the version of the frames. A server of
    /// another version refuses the connection, and requests are forwarded over HTTP.
    /// </summary>
    public const string Protocol = "scaler-peer-3";

    private const int RandomBytes = 12;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    // The tags of accepted greetings, and when they expire. It holds one entry per connection attempt of the last two minutes.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    public static string Write(string sender, string receiver, DateTimeOffset now, ClusterSecret secret)
    {
        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var content = string.Create(CultureInfo.InvariantCulture, $"{sender} {receiver} {now.ToUnixTimeMilliseconds()} {random}");
        return $"{content} {secret.Peers.ComputeTag(content)}";
    }

    public static string WriteAnswer(string greeting, string server, long epoch, ClusterSecret secret)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{server} {epoch}");
        return $"{content} {secret.Answers.ComputeTag($"{greeting} {content}")}";
    }

    /// <summary>
    /// Returns <see langword="true"/> if a server wrote the answer to this greeting and is in the given or a later epoch;
    /// otherwise, <see langword="false"/>.
    /// </summary>
    public static bool IsGenuineAnswer(string answer, string greeting, ServerInfo server, ClusterSecret secret) =>
        answer.Split(' ') is [var id, var number, var tag]
        && secret.Answers.VerifyTag($"{greeting} {id} {number}", tag)
        && id == server.Id
        && long.TryParse(number, CultureInfo.InvariantCulture, out var epoch) && epoch >= server.Epoch;

    /// <summary>Accepts a greeting once.</summary>
    /// <param name="greeting">The greeting.</param>
    /// <param name="receiver">The epochs of this process.</param>
    /// <param name="secret">The secret of the cluster.</param>
    /// <returns>
    /// <see langword="false"/> if the greeting is not from this cluster, is for another process, is more than a minute old, or
    /// was accepted before; otherwise, <see langword="true"/>.
    /// </returns>
    public bool TryAccept(string greeting, NodeEpoch receiver, ClusterSecret secret)
    {
        var now = time.GetUtcNow();
        var parts = greeting.Split(' ');
        if (parts.Length != 5 || !secret.Peers.VerifyTag(greeting[..greeting.LastIndexOf(' ')], parts[4])
            || !receiver.Includes(parts[1])
            || !long.TryParse(parts[2], CultureInfo.InvariantCulture, out var milliseconds)
            || (now - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() > MaxAge)
        {
            return false;
        }

        foreach (var (tag, expiresAt) in _used)
        {
            if (expiresAt < now)
            {
                _used.TryRemove(tag, out _);
            }
        }

        // The sender's clock may be ahead by up to the maximum age, so a tag can be valid for twice that time.
        return _used.TryAdd(parts[4], now + (2 * MaxAge));
    }
}
