using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Scaler.Tests.Helpers;

/// <summary>
/// A minimal Engine.IO client (protocol 4), over WebSocket or HTTP long-polling, for tests that connect many clients.
/// </summary>
internal sealed class TestClient : IAsyncDisposable
{
    private static readonly HttpClient Http =
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ClientWebSocket? _socket;
    private readonly Uri _poll;
    private readonly byte[] _buffer = new byte[4096];
    private Task _loop = Task.CompletedTask;

    private TestClient(Uri poll, ClientWebSocket? socket) => (_poll, _socket) = (poll, socket);

    /// <summary>
    /// Gets a task that completes when the connection ends. Its result is the WebSocket close code and reason, "closed" for
    /// polling, or the message of the exception that ended the connection.
    /// </summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>Gets the number of received messages that the test has not read.</summary>
    public int PendingMessageCount => _messages.Reader.Count;

    public string Sid { get; private set; } = "";

    public static async Task<TestClient> ConnectAsync(
        string url, string account, bool polling = false, string more = "", string path = "/stream/")
    {
        var query = $"EIO=4&account={Uri.EscapeDataString(account)}{more}";
        if (polling)
        {
            var open = await Http.GetStringAsync(new Uri($"{url}{path}?{query}&transport=polling")).WithTimeout("the handshake");
            var sid = SidOf(open);
            var client = new TestClient(new Uri($"{url}{path}?{query}&transport=polling&sid={sid}"), null) { Sid = sid };
            client._loop = client.PollAsync();
            return client;
        }

        var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri($"{url.Replace("http", "ws", StringComparison.Ordinal)}{path}?{query}&transport=websocket"), default)
            .WithTimeout("the handshake");
        var connected = new TestClient(new Uri(url), socket);
        connected.Sid = SidOf((await connected.ReadFrameAsync().WithTimeout("the open packet"))!);
        connected._loop = connected.ReceiveAsync();
        return connected;
    }

    public Task SendAsync(string message) => _socket is { } socket
        ? socket.SendAsync(Encoding.UTF8.GetBytes("4" + message), WebSocketMessageType.Text, true, default).WithTimeout()
        : PostAsync("4" + message);

    /// <summary>Waits for the next message.</summary>
    public Task<string> ReadMessageAsync() => _messages.Reader.ReadAsync().AsTask().WithTimeout("the next message");

    public bool TryReadMessage(out string? message) => _messages.Reader.TryRead(out message);

    /// <summary>Drops the connection without a close frame or close packet, as a client does when its network fails.</summary>
    public void Abort()
    {
        _stopping.Cancel();
        _socket?.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket is { State: WebSocketState.Open } socket)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WithTimeout();
            }
            else if (_socket is null && !_closed.Task.IsCompleted)
            {
                await PostAsync("1");
            }
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException)
        {
            // The server closed the connection first.
        }

        await _stopping.CancelAsync();
        await _loop.WithTimeout("the receive loop of the client to end");
        _socket?.Dispose();
        _stopping.Dispose();
    }

    private static string SidOf(string open) => open.Split("\"sid\":\"")[1].Split('"')[0];

    private async Task PostAsync(string packet)
    {
        using var content = new StringContent(packet);
        using var answer = await Http.PostAsync(_poll, content).WithTimeout();
        answer.EnsureSuccessStatusCode();
    }

    private async Task PollAsync()
    {
        try
        {
            while (true)
            {
                foreach (var packet in (await Http.GetStringAsync(_poll, _stopping.Token)).Split('\u001e'))
                {
                    if (packet == "2")
                    {
                        await PostAsync("3");
                    }
                    else if (packet == "1")
                    {
                        _closed.TrySetResult("closed");
                        return;
                    }

                    Receive(packet);
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            _closed.TrySetResult(exception.Message);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await ReadFrameAsync() is { } packet)
            {
                if (packet == "2")
                {
                    await _socket!.SendAsync("3"u8.ToArray(), WebSocketMessageType.Text, true, default);
                }

                Receive(packet);
            }

            _closed.TrySetResult($"{(int?)_socket!.CloseStatus} {_socket.CloseStatusDescription}");
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            _closed.TrySetResult(exception.Message);
        }
    }

    private void Receive(string packet)
    {
        if (packet is ['4', ..])
        {
            _messages.Writer.TryWrite(packet[1..]);
        }
    }

    private async Task<string?> ReadFrameAsync()
    {
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket!.ReceiveAsync(_buffer.AsMemory(), _stopping.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
            }
        }
    }
}
