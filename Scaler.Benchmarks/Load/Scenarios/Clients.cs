using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>A set of open connections, spread over the servers of a group.</summary>
internal sealed class Clients : IAsyncDisposable
{
    private const int MaxConcurrentHandshakes = 256;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private readonly string _server;
    private readonly List<LoadConnection> _connections = [];
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _failed = new();
    private Exception? _failure;
    private volatile bool _closing;

    private Clients(string server)
    {
        _server = server;
    }

    public IReadOnlyList<LoadConnection> Connections => _connections;

    public long Messages => _connections.Sum(connection => connection.Messages);

    public long Pings => _connections.Sum(connection => connection.Pings);

    public static Task<Clients> OpenAsync(ServerGroup group, int count, CancellationToken cancellationToken, int bufferSize = 4096) =>
        OpenAsync(group, count, client => $"account-{client}", cancellationToken, bufferSize);

    public static async Task<Clients> OpenAsync(
        ServerGroup group, int count, Func<int, string> account, CancellationToken cancellationToken, int bufferSize = 4096, int receiveBuffer = 0)
    {
        var clients = new Clients(group.Kind.Name);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(MaxConcurrentHandshakes, count)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var client && client < count)
            {
                var connection = await LoadConnection.OpenAsync(
                    group.EndPoint(client), group.Kind.Protocol, account(client), cancellationToken, bufferSize, receiveBuffer);
                lock (clients._connections)
                {
                    clients._connections.Add(connection);
                }
            }
        }));
        return clients;
    }

    /// <summary>
    /// Runs the receive loops of all connections during a measurement, then closes the connections. A connection that ends, or
    /// whose check fails, cancels the measurement.
    /// </summary>
    /// <param name="measureAsync">The measurement. Its token is canceled when a connection fails.</param>
    /// <param name="cancellationToken">The token to cancel the measurement.</param>
    /// <exception cref="IOException">The server has closed a connection.</exception>
    /// <exception cref="InvalidDataException">A check has failed.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> measureAsync, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        Run();
        try
        {
            var result = await measureAsync(stop.Token);
            await CloseAsync();
            return result;
        }
        catch (Exception) when (_failure is not null)
        {
            // The cause, not a consequence such as the cancellation.
            throw _failure;
        }
    }

    /// <summary>Starts the receive loops of all connections.</summary>
    public void Run() => _running.AddRange(_connections.Select(RunAsync));

    /// <summary>Closes all connections. Fails if a connection has failed before.</summary>
    public async Task CloseAsync()
    {
        await EndAsync();
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        _failed.Dispose();
    }

    private async Task RunAsync(LoadConnection connection)
    {
        try
        {
            await connection.RunAsync();
            if (!_closing)
            {
                var code = connection.CloseCode is { } closeCode ? $"with close code {closeCode}" : "without a close frame";
                throw new IOException($"{_server}, {connection.Account}: the connection ended during the measurement, {code}.");
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            await _failed.CancelAsync();
        }
    }

    /// <summary>
    /// Closes all connections, and waits for the servers to close them too, so that this work is not part of the next
    /// measurement.
    /// </summary>
    private async Task EndAsync()
    {
        if (_closing)
        {
            return;
        }

        _closing = true;
        foreach (var connection in _connections)
        {
            await connection.CloseAsync();
        }

        await Task.WhenAny(Task.WhenAll(_running), Task.Delay(CloseTimeout, TimeProvider.System));
    }
}
