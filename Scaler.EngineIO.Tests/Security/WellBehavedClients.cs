namespace Scaler.EngineIO.Tests.Security;

/// <summary>Well-behaved clients beside a hostile one, one polling and one on WebSocket. They must lose nothing.</summary>
internal sealed class WellBehavedClients : IDisposable
{
    private readonly EngineTestHost _host;
    private readonly string _sid;
    private readonly RawWebSocket _socket;
    private int _sent;

    private WellBehavedClients(EngineTestHost host, string sid, RawWebSocket socket) => (_host, _sid, _socket) = (host, sid, socket);

    public static async Task<WellBehavedClients> ConnectAsync(EngineTestHost host, string more = "") =>
        new(host, await host.OpenPollingAsync(more: more), await host.OpenWebSocketAsync(more: more));

    /// <summary>Sends messages over both clients, and asserts that each receives exactly its own messages, in order.</summary>
    public async Task AssertUnaffectedAsync()
    {
        for (var index = 0; index < 3; index++)
        {
            var message = $"4message {++_sent}";
            await _socket.SendTextAsync(message);
            Assert.Equal(message, await _socket.ReadTextAsync());
            (await _host.PostAsync(_sid, message)).AssertBody(200, "ok");
            (await _host.PollAsync(_sid)).AssertBody(200, message);
        }
    }

    public void Dispose() => _socket.Dispose();
}
