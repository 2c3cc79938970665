namespace Scaler.Admin.Services.Live;

/// <summary>
/// Computes rates from the servers' counters. Servers publish their counters about as often as the dashboard samples them, so the
/// difference between two samples alternates between zero and double. The difference over several seconds is stable.
/// </summary>
internal sealed class RateWindow(TimeSpan length)
{
    private readonly Dictionary<string, Queue<Point>> _servers = [];

    /// <summary>
    /// Adds a sample and returns the rates of its servers, in the same order. Servers missing from the sample are removed.
    /// </summary>
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

        // A decreased counter or a different start time means that a new process uses the same id.
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
