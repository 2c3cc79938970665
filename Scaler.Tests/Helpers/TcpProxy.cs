using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>A proxy of a test's own between a client and servers: each new connection goes to the next server, and what passes can be swallowed.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Passage, bool> _passages = new();
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

    public int Connections => _passages.Count;

    /// <summary>From now on, passes nothing on over the present connections over which a client has sent some text; they stay open, and nobody is told.</summary>
    public int Swallow(string having)
    {
        var swallowed = 0;
        foreach (var (passage, _) in _passages)
        {
            if (passage.Sent.Contains(having, StringComparison.Ordinal))
            {
                passage.Swallows = true;
                swallowed++;
            }
        }

        return swallowed;
    }

    /// <summary>Cuts every present connection.</summary>
    public void Cut()
    {
        foreach (var (passage, _) in _passages)
        {
            passage.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.Within();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_closing.Token);
                _ = PassAsync(client, _targets[Interlocked.Increment(ref _next) % _targets.Length]);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(Socket client, int target)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var passage = new Passage(client, server);
        _passages[passage] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAll(passage.CopyAsync(client, server, remember: true), passage.CopyAsync(server, client, remember: false));
        }
        catch (SocketException)
        {
            // Whoever is cut off notices by itself.
        }
        finally
        {
            passage.Cut();
            _passages.TryRemove(passage, out _);
        }
    }

    private sealed class Passage(Socket client, Socket server)
    {
        private const int Remembered = 4096;

        private readonly System.Text.StringBuilder _sent = new();

        public bool Swallows { get; set; }

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

        public async Task CopyAsync(Socket from, Socket to, bool remember)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            try
            {
                while (await from.ReceiveAsync(buffer) is > 0 and var count)
                {
                    if (remember)
                    {
                        lock (_sent)
                        {
                            if (_sent.Length < Remembered)
                            {
                                _sent.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
                            }
                        }
                    }

                    for (var sent = 0; sent < count && !Swallows;)
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
