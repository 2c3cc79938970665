using System.Collections.Concurrent;
using System.Net.WebSockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Aspire;

/// <summary>Clients of one account that chat with each other and reconnect whenever their server closes or dies.</summary>
internal sealed class ChatRoom : IAsyncDisposable
{
    private const int Clients = 12;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(50);

    private readonly string _url;
    private readonly string _account = $"room-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<int, TestClient> _connected = [];
    private readonly Task _running;

    public ChatRoom(Uri endpoint)
    {
        _url = endpoint.ToString().TrimEnd('/');
        _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(StayConnectedAsync));
    }

    /// <summary>Waits for a round in which each client's message reached all other clients. A message that arrives twice fails the test.</summary>
    public async Task AssertEveryoneIsHeardAsync(CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(ReconnectDelay);
        for (var round = 0; !await TryRoundAsync(round); round++)
        {
            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.WithTimeout("the end of the chat clients");
        _ending.Dispose();
    }

    private async Task<bool> TryRoundAsync(int round)
    {
        var clients = _connected.ToArray();
        if (clients.Length < Clients) return false;
        try
        {
            var id = Guid.NewGuid().ToString("N");
            foreach (var (i, client) in clients) await client.SendAsync($$"""{"event":"chat","args":["{{id}} {{round}} {{i}}"]}""");
            var heard = await Task.WhenAll(clients.Select(client => HearAsync(client.Value, id)));
            return heard.All(all => all);
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static async Task<bool> HearAsync(TestClient client, string id)
    {
        var heard = new HashSet<string>();
        while (heard.Count < Clients - 1)
        {
            var next = client.ReadMessageAsync();
            if (await Task.WhenAny(next, client.Closed) != next) return false;
            var message = await next;
            if (!message.Contains(id, StringComparison.Ordinal)) continue;
            Assert.True(heard.Add(message), $"{message} arrived twice");
        }

        return true;
    }

    private async Task StayConnectedAsync(int i)
    {
        using var pause = new PeriodicTimer(ReconnectDelay);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await using var client = await TestClient.ConnectAsync(_url, _account, polling: i % 2 == 0);
                _connected[i] = client;
                await client.Closed.WaitAsync(_ending.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or WebSocketException or OperationCanceledException or TimeoutException)
            {
                // The server is gone or refuses clients: the next attempt may reach another server.
            }
            finally
            {
                _connected.TryRemove(i, out _);
            }

            if (!_ending.IsCancellationRequested) await pause.WaitForNextTickAsync();
        }
    }
}
