using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>A raw TCP client that sends arbitrary bytes and can end its connection with a reset.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(server, cancellationToken);
        return client;
    }

    /// <summary>
    /// Opens a WebSocket and reads the 101 response. Data that follows the response in the same segment is dropped.
    /// </summary>
    public static async Task<RawClient> UpgradeAsync(IPEndPoint server, string target, CancellationToken cancellationToken, string extensions = "")
    {
        var client = await OpenAsync(server, cancellationToken);
        await client.SendAsync(UpgradeRequest(target, extensions), cancellationToken);
        await client.ReceiveAsync(cancellationToken);
        return client;
    }

    public static string UpgradeRequest(string target, string extensions = "") =>
        $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extensions}\r\n";

    public Task SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var deadline = Deadline(cancellationToken);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
        }
    }

    /// <summary>
    /// Receives data from the server as Latin-1 text. Returns an empty string if the server sends nothing within two seconds or
    /// has closed the connection.
    /// </summary>
    public async Task<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        using var deadline = Deadline(cancellationToken);
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, deadline.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }

    /// <summary>Closes the connection with a reset instead of a graceful shutdown.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        return deadline;
    }
}
