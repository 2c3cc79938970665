using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Reads and writes the header of a probe, <c>time, random, tag</c>, and of its answer, <c>server, epoch, tag</c>, separated by
/// spaces. Only a server of the cluster can compute the tags. The tag of an answer also covers the probe, so a captured answer is
/// invalid for another probe. A probe grants nothing, so it can be accepted more than once.
/// </summary>
internal static class ProbeHeader
{
    public const string Name = "X-Scaler-Probe";

    private const int RandomBytes = 12;

    // The maximum age of a forwarded request: a server whose clock differs by more is not usable.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static string WriteProbe(DateTimeOffset now, ClusterSecret secret)
    {
        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var content = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()} {random}");
        return $"{content} {ComputeProbeTag(content, secret)}";
    }

    /// <summary>
    /// Returns <see langword="true"/> if a server of this cluster created the probe within the last minute; otherwise,
    /// <see langword="false"/>.
    /// </summary>
    public static bool IsGenuineProbe(string probe, DateTimeOffset now, ClusterSecret secret) =>
        probe.Split(' ') is [var time, _, var tag]
        && secret.Probes.VerifyTag("probe " + probe[..probe.LastIndexOf(' ')], tag)
        && long.TryParse(time, CultureInfo.InvariantCulture, out var milliseconds)
        && (now - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() <= MaxAge;

    public static string WriteAnswer(string probe, string server, long epoch, ClusterSecret secret)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{server} {epoch}");
        return $"{content} {secret.Probes.ComputeTag($"answer {probe} {content}")}";
    }

    /// <summary>Reads and verifies the answer to a probe.</summary>
    /// <returns>
    /// <see langword="true"/> if a server of this cluster wrote the answer to this probe; otherwise, <see langword="false"/>.
    /// </returns>
    public static bool TryReadAnswer(string answer, string probe, ClusterSecret secret, out string server, out long epoch)
    {
        (server, epoch) = ("", 0);
        if (answer.Split(' ') is not [var id, var number, var tag]
            || !secret.Probes.VerifyTag($"answer {probe} {id} {number}", tag)
            || !long.TryParse(number, CultureInfo.InvariantCulture, out epoch))
        {
            return false;
        }

        server = id;
        return true;
    }

    private static string ComputeProbeTag(string content, ClusterSecret secret) => secret.Probes.ComputeTag("probe " + content);
}
