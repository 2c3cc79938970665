using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Scaler.Tests.Helpers;

/// <summary>A small Engine.IO client (protocol 4) for tests of many: over WebSocket, or by polling.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _leaving = new();
    private readonly ClientWebSocket? _socket;
    private readonly Uri _poll;
    private readonly byte[] _buffer = new byte[4096];
    private Task _loop = Task.CompletedTask;

    private TestClient(Uri poll, ClientWebSocket? socket) => (_poll, _socket) = (poll, socket);

    /// <summary>What the server closed with: the text of a close frame, or what went wrong.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>How many messages have come that nobody has taken yet.</summary>
    public int Waiting => _messages.Reader.Count;

    public string Sid { get; private set; } = "";

    public static async Task<TestClient> ConnectAsync(string url, string account, bool polling = false, string more = "")
    {
        var query = $"EIO=4&account={Uri.EscapeDataString(account)}{more}";
        if (polling)
        {
            var open = await Http.GetStringAsync(new Uri($"{url}/stream/?{query}&transport=polling")).Within("the handshake");
            var client = new TestClient(new Uri($"{url}/stream/?{query}&transport=polling&sid={SidOf(open)}"), null) { Sid = SidOf(open) };
            client._loop = client.PollAsync();
            return client;
        }

        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{url.Replace("http", "ws", StringComparison.Ordinal)}/stream/?{query}&transport=websocket"), default).Within("the handshake");
        var connected = new TestClient(new Uri(url), socket);
        connected.Sid = SidOf((await connected.ReadFrameAsync().Within("the open packet"))!);
        connected._loop = connected.ReceiveAsync();
        return connected;
    }

    public Task SendAsync(string message) => _socket is { } socket
        ? socket.SendAsync(Encoding.UTF8.GetBytes("4" + message), WebSocketMessageType.Text, true, default).Within()
        : PostAsync("4" + message);

    /// <summary>The next message.</summary>
    public Task<string> NextAsync() => _messages.Reader.ReadAsync().AsTask().Within("the next message");

    public bool TryTake(out string? message) => _messages.Reader.TryRead(out message);

    /// <summary>Lets go without a word, as a client does that loses its network.</summary>
    public void Abort()
    {
        _leaving.Cancel();
        _socket?.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket is { State: WebSocketState.Open } socket)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Within();
            }
            else if (_socket is null && !_closed.Task.IsCompleted)
            {
                await PostAsync("1");
            }
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException)
        {
            // The server was first.
        }

        await _leaving.CancelAsync();
        await _loop.Within("the end of a client's loop");
        _socket?.Dispose();
        _leaving.Dispose();
    }

    private static string SidOf(string open) => open.Split("\"sid\":\"")[1].Split('"')[0];

    private async Task PostAsync(string packet)
    {
        using var content = new StringContent(packet);
        using var answer = await Http.PostAsync(_poll, content).Within();
        answer.EnsureSuccessStatusCode();
    }

    private async Task PollAsync()
    {
        try
        {
            while (true)
            {
                foreach (var packet in (await Http.GetStringAsync(_poll, _leaving.Token)).Split('\u001e'))
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

                    Take(packet);
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

                Take(packet);
            }

            _closed.TrySetResult($"{(int?)_socket!.CloseStatus} {_socket.CloseStatusDescription}");
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            _closed.TrySetResult(exception.Message);
        }
    }

    private void Take(string packet)
    {
        if (packet is ['4', ..])
        {
            _messages.Writer.TryWrite(packet[1..]);
        }
    }

    private async Task<string?> ReadFrameAsync()
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await _socket!.ReceiveAsync(_buffer.AsMemory(), _leaving.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length);
            }
        }
    }
}
