namespace Scaler.Admin.Services.Live;

/// <summary>
/// Turns a server's counters into rates. Leases are renewed about as often as they are sampled, so that one difference of two
/// samples jumps between nothing and double; the difference over some seconds does not.
/// </summary>
internal sealed class RateWindow(TimeSpan length)
{
    private readonly Dictionary<string, Queue<Point>> _servers = [];

    /// <summary>The rates of each server of a sample, in its order. Servers that are not in it are forgotten.</summary>
    public IReadOnlyList<ServerSample> Add(DateTimeOffset at, IReadOnlyList<ServerInfo> servers)
    {
        foreach (var gone in _servers.Keys.Except(servers.Select(server => server.Id)).ToArray())
        {
            _servers.Remove(gone);
        }

        return [.. servers.Select(server => new ServerSample(server, Next(at, server)))];
    }

    private Rates Next(DateTimeOffset at, ServerInfo server)
    {
        if (!_servers.TryGetValue(server.Id, out var points))
        {
            _servers[server.Id] = points = new Queue<Point>();
        }

        var point = new Point(at, server.StartedAt, server.Received, server.Sent, server.Errors);
        // Counters that went back, or another start, mean another process under the same id.
        if (points.TryPeek(out var first) && (first.StartedAt != point.StartedAt || first.In > point.In || first.Out > point.Out))
        {
            points.Clear();
        }

        points.Enqueue(point);
        while (points.Count > 2 && at - points.Peek().At > length)
        {
            points.Dequeue();
        }

        first = points.Peek();
        var seconds = (at - first.At).TotalSeconds;
        return server.State == ServerState.Dead || seconds <= 0
            ? default
            : new Rates((point.In - first.In) / seconds, (point.Out - first.Out) / seconds, Math.Max(0, point.Errors - first.Errors) / seconds);
    }

    private readonly record struct Point(DateTimeOffset At, DateTimeOffset StartedAt, long In, long Out, long Errors);
}
