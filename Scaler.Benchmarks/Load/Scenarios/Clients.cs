using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>A set of open connections, spread over the servers of a group.</summary>
internal sealed class Clients : IAsyncDisposable
{
    private const int MaxConcurrentHandshakes = 256;
    private readonly List<LoadConnection> _connections = [];
    private readonly List<Task> _running = [];

    public IReadOnlyList<LoadConnection> Connections => _connections;

    public long Messages => _connections.Sum(connection => connection.Messages);

    public long Pings => _connections.Sum(connection => connection.Pings);

    public static Task<Clients> OpenAsync(ServerGroup group, int count, CancellationToken cancellationToken, int bufferSize = 4096) =>
        OpenAsync(group, count, client => $"account-{client}", cancellationToken, bufferSize);

    public static async Task<Clients> OpenAsync(
        ServerGroup group, int count, Func<int, string> account, CancellationToken cancellationToken, int bufferSize = 4096, int receiveBuffer = 0)
    {
        var clients = new Clients();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(MaxConcurrentHandshakes, count)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var client && client < count)
            {
                var connection = await LoadConnection.OpenAsync(
                    group.EndPoint(client), group.Kind.Dialect, account(client), cancellationToken, bufferSize, receiveBuffer);
                lock (clients._connections)
                {
                    clients._connections.Add(connection);
                }
            }
        }));
        return clients;
    }

    /// <summary>Starts the receive loops of all connections.</summary>
    public void Run() => _running.AddRange(_connections.Select(connection => connection.RunAsync()));

    /// <summary>Waits until all receive loops have ended, or until the timeout expires.</summary>
    public Task EndedAsync(TimeSpan patience) => Task.WhenAny(Task.WhenAll(_running), Task.Delay(patience, TimeProvider.System));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.CloseAsync();
        }

        // Wait for the servers to close the connections, so that this work is not part of the next measurement.
        await EndedAsync(TimeSpan.FromSeconds(2));
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }
}
