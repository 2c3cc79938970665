using System.Globalization;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>
/// Two well-behaved clients beside the hostile ones, one polling and one on WebSocket. Each sends a number, waits for its echo, and
/// sends the next number. An echo that differs or arrives out of order fails the test.
/// </summary>
internal sealed class Bystanders
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly EngineTestHost _host;
    private readonly CancellationTokenSource _stopping = new();
    private Task<int>[] _clients = [];

    private Bystanders(EngineTestHost host) => _host = host;

    public static async Task<Bystanders> StartAsync(EngineTestHost host)
    {
        var bystanders = new Bystanders(host);
        var sid = await host.OpenPollingAsync();
        var socket = await host.OpenWebSocketAsync();
        bystanders._clients = [bystanders.RunPollingAsync(sid), bystanders.RunWebSocketAsync(socket)];
        return bystanders;
    }

    /// <summary>Lets both clients finish their current exchange, and asserts that both were served.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        var sent = await Task.WhenAll(_clients).WithTimeout("the end of the bystanders");
        Assert.All(sent, static count => Assert.True(count > 0, "A bystander was not served."));
        _stopping.Dispose();
    }

    private async Task<int> RunPollingAsync(string sid)
    {
        using var pace = new PeriodicTimer(Pace);
        var sent = 0;
        for (; !_stopping.IsCancellationRequested; sent++)
        {
            var message = "4p" + sent.ToString(CultureInfo.InvariantCulture);
            (await _host.PostAsync(sid, message)).AssertBody(200, "ok");
            for (var echoed = false; !echoed;)
            {
                var answer = await _host.PollAsync(sid);
                Assert.True(answer.StatusCode == 200, $"{answer.StatusCode} {answer.Text}");
                foreach (var packet in answer.Text.Split('\x1e'))
                {
                    if (packet == "2")
                    {
                        (await _host.PostAsync(sid, "3")).AssertBody(200, "ok");
                    }
                    else
                    {
                        Assert.Equal(message, packet);
                        echoed = true;
                    }
                }
            }

            await pace.WaitForNextTickAsync();
        }

        (await _host.PostAsync(sid, "1")).AssertBody(200, "ok");
        return sent;
    }

    private async Task<int> RunWebSocketAsync(RawWebSocket socket)
    {
        using var pace = new PeriodicTimer(Pace);
        var sent = 0;
        for (; !_stopping.IsCancellationRequested; sent++)
        {
            var message = "4w" + sent.ToString(CultureInfo.InvariantCulture);
            await socket.SendTextAsync(message);
            string received;
            while ((received = await socket.ReadTextAsync()) == "2")
            {
                await socket.SendTextAsync("3");
            }

            Assert.Equal(message, received);
            await pace.WaitForNextTickAsync();
        }

        await socket.SendTextAsync("1");
        while ((await socket.ReadFrameAsync()).Opcode != RawWebSocket.CloseOpcode)
        {
            // A ping may arrive before the close frame.
        }

        await socket.CompleteCloseAsync();
        socket.Dispose();
        return sent;
    }
}
