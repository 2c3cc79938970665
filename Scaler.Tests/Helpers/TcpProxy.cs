using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>
/// A TCP proxy in front of one or more servers. Assigns new connections to the servers round-robin, and can drop traffic or cut
/// connections.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<ProxiedConnection, bool> _connections = new();
    private readonly int[] _targets;
    private readonly Task _accepting;
    private int _next;

    public TcpProxy(params int[] targets)
    {
        _targets = targets;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int ConnectionCount => _connections.Count;

    /// <summary>
    /// Stops forwarding data on the current connections over which the client has sent the given text. The connections stay
    /// open, so neither peer is notified.
    /// </summary>
    /// <returns>The number of connections affected.</returns>
    public int DropTraffic(string containing)
    {
        var dropped = 0;
        foreach (var (connection, _) in _connections)
        {
            if (connection.Sent.Contains(containing, StringComparison.Ordinal))
            {
                connection.DropsTraffic = true;
                dropped++;
            }
        }

        return dropped;
    }

    /// <summary>Closes all current connections on both sides.</summary>
    public void Cut()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.WithTimeout();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_closing.Token);
                _ = ForwardAsync(client, _targets[Interlocked.Increment(ref _next) % _targets.Length]);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ForwardAsync(Socket client, int target)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var connection = new ProxiedConnection(client, server);
        _connections[connection] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAll(
                connection.CopyAsync(client, server, record: true), connection.CopyAsync(server, client, record: false));
        }
        catch (SocketException)
        {
            // The server is not reachable. The client observes it when the proxy closes its connection below.
        }
        finally
        {
            connection.Cut();
            _connections.TryRemove(connection, out _);
        }
    }

    private sealed class ProxiedConnection(Socket client, Socket server)
    {
        private const int MaxRecordedLength = 4096;

        private readonly System.Text.StringBuilder _sent = new();

        public bool DropsTraffic { get; set; }

        public string Sent
        {
            get
            {
                lock (_sent)
                {
                    return _sent.ToString();
                }
            }
        }

        public async Task CopyAsync(Socket from, Socket to, bool record)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            try
            {
                while (await from.ReceiveAsync(buffer) is > 0 and var count)
                {
                    if (record)
                    {
                        lock (_sent)
                        {
                            if (_sent.Length < MaxRecordedLength)
                            {
                                _sent.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
                            }
                        }
                    }

                    for (var sent = 0; sent < count && !DropsTraffic;)
                    {
                        sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                    }
                }

                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Cut();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        public void Cut()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
