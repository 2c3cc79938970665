namespace Scaler.EngineIO.Http;

/// <summary>Holds the paths of the Engine.IO endpoints of an application.</summary>
internal sealed class EndpointPaths
{
    private readonly Lock _lock = new();
    private volatile string[] _paths = [];

    /// <summary>Adds the path of an endpoint.</summary>
    /// <param name="path">The path, with a leading slash and without a trailing one.</param>
    public void Add(string path)
    {
        lock (_lock)
        {
            _paths = [.. _paths, path];
        }
    }

    /// <summary>
    /// Returns <see langword="true"/> if a request path ends with the path of an endpoint. A path base of the application, or a
    /// prefix that a proxy adds, is still part of the request path when the request arrives.
    /// </summary>
    public bool Contains(string path)
    {
        var request = path.AsSpan().TrimEnd('/');
        foreach (var endpoint in _paths)
        {
            if (request.EndsWith(endpoint, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
