using System.Text;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Holds the paths of the Engine.IO endpoints of an application and recognizes each spelling of them. Some clients append a slash
/// to a path that already ends with one, and some proxies join two slashes. Routing matches no empty segments, so such a path is
/// replaced before routing.
/// </summary>
internal sealed class EndpointPaths
{
    private readonly Lock _lock = new();
    private volatile Entry[] _entries = [];

    /// <summary>Adds the path of an endpoint.</summary>
    /// <param name="path">The route pattern of the endpoint.</param>
    /// <param name="server">The name of the Engine.IO server, or <see langword="null"/> for the unnamed one.</param>
    public void Add(string path, string? server = null)
    {
        // A segment with a route parameter matches any text.
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(static segment => segment.Contains('{', StringComparison.Ordinal) ? null : segment);
        lock (_lock)
        {
            _entries = [.. _entries, new Entry([.. segments], server)];
        }
    }

    /// <summary>
    /// Returns <see langword="true"/> if a request path ends with the path of an endpoint in any spelling: with any number of
    /// slashes between, before and behind the segments, in any letter case. A path base of the application, or a prefix that a
    /// proxy adds, is still part of the request path when the request arrives.
    /// </summary>
    /// <param name="path">
    /// The decoded request path. A percent-encoded slash is still encoded, so it separates no segments.
    /// </param>
    public bool Contains(string path)
    {
        foreach (var entry in _entries)
        {
            if (EndsWith(path, entry.Segments))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Returns <see langword="true"/> if a request path ends with the path of an endpoint of the unnamed server in any spelling.
    /// </summary>
    /// <param name="path">The decoded request path.</param>
    public bool ContainsUnnamed(string path)
    {
        foreach (var entry in _entries)
        {
            if (entry.Server is null && EndsWith(path, entry.Segments))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces each run of slashes with one slash, as routing requires.</summary>
    /// <param name="path">The decoded request path.</param>
    public static string CollapseSlashes(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        var collapsed = new StringBuilder(path.Length);
        foreach (var character in path)
        {
            if (character != '/' || collapsed.Length == 0 || collapsed[^1] != '/')
            {
                collapsed.Append(character);
            }
        }

        return collapsed.ToString();
    }

    private static bool EndsWith(ReadOnlySpan<char> path, string?[] segments)
    {
        if (segments.Length == 0)
        {
            return path.TrimStart('/').IsEmpty;
        }

        for (var i = segments.Length - 1; i >= 0; i--)
        {
            path = path.TrimEnd('/');
            var start = path.LastIndexOf('/') + 1;
            if (start == 0 || (segments[i] is { } segment && !path[start..].Equals(segment, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }

            path = path[..start];
        }

        return true;
    }

    private sealed record Entry(string?[] Segments, string? Server);
}
