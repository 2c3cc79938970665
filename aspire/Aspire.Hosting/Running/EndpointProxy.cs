using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Running;

/// <summary>
/// One port in front of the replicas of an endpoint. Each connection goes to the next replica in turn, whoever the
/// client is; a replica that doesn't accept is passed over. Bytes pass unchanged.
/// </summary>
internal sealed class EndpointProxy : IAsyncDisposable
{
    private readonly List<Socket> _listeners = [];
    private readonly ConcurrentDictionary<ProxyConnection, byte> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<int> _targets;
    private readonly List<Task> _accepting = [];
    private int _turn = -1;

    private EndpointProxy(IReadOnlyList<int> targets) => _targets = targets;

    public int Port { get; private set; }

    /// <summary>Listens on a port of loopback, or on a free one where it is null.</summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static EndpointProxy Start(int? port, IReadOnlyList<int> targets)
    {
        var proxy = new EndpointProxy(targets) { Port = port is null or 0 ? FreePort.Take() : port.Value };
        try
        {
            foreach (var address in Loopback.Addresses) proxy.Listen(address);
        }
        catch (SocketException)
        {
            foreach (var listener in proxy._listeners) listener.Dispose();
            throw;
        }

        foreach (var listener in proxy._listeners) proxy._accepting.Add(proxy.AcceptAsync(listener));
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_accepting);
        var connections = _connections.Keys.ToList();
        foreach (var connection in connections) connection.Abort();
        await Task.WhenAll(connections.Select(c => c.Work));
        _stopping.Dispose();
    }

    private void Listen(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) listener.DualMode = false;
        listener.Bind(new IPEndPoint(address, Port));
        listener.Listen(512);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up while it was queued, or descriptors have run out and need a moment.
                if (!await PauseAsync()) return;
                continue;
            }

            var connection = new ProxyConnection(client);
            _connections[connection] = 0;
            connection.Work = ServeAsync(connection);
        }
    }

    private async Task<bool> PauseAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ServeAsync(ProxyConnection connection)
    {
        try
        {
            if (await ConnectAsync() is { } server) await connection.RunAsync(server);
        }
        finally
        {
            connection.Abort();
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        var first = Interlocked.Increment(ref _turn) & int.MaxValue;
        for (var i = 0; i < _targets.Count; i++)
        {
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _targets[(first + i) % _targets.Count]), _stopping.Token);
                return server;
            }
            catch (SocketException)
            {
                server.Dispose(); // Not started, stopped or killed: the next one.
            }
            catch (OperationCanceledException)
            {
                server.Dispose();
                return null;
            }
        }

        return null;
    }
}
