using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>A socket that says what an attacker wants, and leaves as it wants.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(server, cancellationToken);
        return client;
    }

    /// <summary>A WebSocket whose 101 has come; what the server said behind it is not read.</summary>
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

    /// <summary>Something that the server says, as text; empty when it says nothing within two seconds, or has left.</summary>
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

    /// <summary>Leaves with a reset instead of a goodbye.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        return deadline;
    }
}
