using Microsoft.Extensions.Logging;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;
using Scaler.Tests.Stream.Api;

namespace Scaler.Tests.Security.Hostile;

/// <summary>Tests hostile clients whose requests reach a server that forwards them to the server with their session.</summary>
[Collection(HostileCollection.Name)]
public sealed class ForwardedTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private const int Clients = 20;

    private ApiHost _one = null!;
    private ApiHost _two = null!;
    private TestClient _polling = null!;
    private TestClient _webSocket = null!;

    public async Task InitializeAsync()
    {
        var prefix = backends.NewPrefix();
        (string, string?)[] settings = [("Scaler:EngineIO:PingInterval", "00:00:01"), ("Scaler:EngineIO:PingTimeout", "00:00:05")];
        _one = await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), prefix, [.. settings, ("Scaler:Cluster:ServerId", "one")]);
        _two = await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), prefix, [.. settings, ("Scaler:Cluster:ServerId", "two")]);
        _polling = await TestClient.ConnectAsync(_one.Url, "bystander", polling: true);
        _webSocket = await TestClient.ConnectAsync(_one.Url, "bystander");
    }

    /// <summary>
    /// Asserts that the bystanders lost nothing, no other session is left, the registry is correct, and no error was logged.
    /// </summary>
    public async Task DisposeAsync()
    {
        (await _two.PostAsync("/api/accounts/bystander/messages", """{"event":"end"}""")).AssertReached(2, 1);
        foreach (var client in new[] { _polling, _webSocket })
        {
            Assert.Equal("""{"event":"end","args":[]}""", await client.ReadMessageAsync());
        }

        await Deadline.WaitUntilAsync(() => _one.Server.ConnectionCount == 2 && _two.Server.ConnectionCount == 0);
        await Deadline.WaitUntilAsync(async () => (await _one.Server.Cluster.CheckRegistryAsync()).IsEqual);
        foreach (var host in new[] { _one, _two })
        {
            var errors = host.Logs.Where(static record => record.Level >= LogLevel.Error).ToList();
            Assert.True(errors.Count == 0, string.Join('\n', errors.Select(static error => $"{error.Category}: {error.Message} {error.Exception}")));

            // Session IDs are secrets. The request log of ASP.NET Core is excluded: turning it off is up to the application.
            Assert.DoesNotContain(host.Logs, static record =>
                record.Category?.StartsWith("Microsoft.", StringComparison.Ordinal) != true && record.Message.Contains("sid=", StringComparison.Ordinal));
        }

        await _polling.DisposeAsync();
        await _webSocket.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Theory]
    [InlineData("before the 101")]
    [InlineData("after the 101")]
    [InlineData("after the probe")]
    [InlineData("after the probe's answer")]
    public async Task Upgrade_Reset_KeepsPollingAlive(string step) => await ForEachClientAsync(async sid =>
    {
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync(Upgrade(sid));
        if (step != "before the 101")
        {
            Assert.StartsWith("HTTP/1.1 101 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        }

        if (step is "after the probe" or "after the probe's answer")
        {
            await connection.SendAsync(RawWebSocket.BuildTextFrame("2probe"));
        }

        if (step == "after the probe's answer")
        {
            await connection.ReadByteAsync();
        }

        connection.Reset();
        using var client = new HttpClient();
        using var posted = await client.PostAsync(Poll(_two, sid), new StringContent("1"));
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
    });

    [Fact]
    public async Task Upgrade_ResetOnceConfirmed_EndsTheSession() => await ForEachClientAsync(async sid =>
    {
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(Upgrade(sid)), .. RawWebSocket.BuildTextFrame("2probe")]);
        await connection.ReadHeadersAsync();
        await connection.SkipAsync(2 + "3probe".Length);
        await connection.SendAsync((byte[])[.. RawWebSocket.BuildTextFrame("5"), .. RawWebSocket.BuildTextFrame("4x"), .. RawWebSocket.BuildTextFrame("4x")[..3]]);
        connection.Reset();
    });

    [Fact]
    public async Task Upgrade_FramingViolation_EndsThatConnection() => await Task.WhenAll(Violation.All.Select(async violation =>
    {
        var sid = await OpenAsync();
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync(Upgrade(sid));
        await connection.ReadHeadersAsync();
        await connection.SendAsync(violation.Frames);
        Assert.Equal(0x88, await connection.ReadByteAsync());
        connection.Reset();
        using var client = new HttpClient();
        using var posted = await client.PostAsync(Poll(_two, sid), new StringContent("1"));
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
    })).WithTimeout();

    [Fact]
    public async Task Post_ResetHalfWay_EndsTheSession() => await ForEachClientAsync(async sid =>
    {
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync(
            $"POST /stream/?EIO=4&transport=polling&account=acme&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n4half");
        await Deadline.WaitUntilAsync(() => _one.Server.Connections.Any(connection => connection.Session.Id == sid && connection.Session.IsReadingPost));
        connection.Reset();
        await Deadline.WaitUntilAsync(() => !_one.Server.Connections.Any(connection => connection.Session.Id == sid));
    });

    /// <summary>
    /// The forwarding server also enforces Kestrel's minimum body rate: 240 bytes per second, after a grace period of 5 s.
    /// </summary>
    [Fact]
    public async Task Post_StallsHalfWay_EndsTheSession() => await ForEachClientAsync(async sid =>
    {
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync(
            $"POST /stream/?EIO=4&transport=polling&account=acme&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n4half");
        var answer = await connection.ReadToEndAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
    });

    [Fact]
    public async Task Poll_Reset_EndsTheSession() => await ForEachClientAsync(async sid =>
    {
        using var connection = await RawConnection.ConnectAsync(_two.Port);
        await connection.SendAsync($"GET {Poll(_two, sid).PathAndQuery} HTTP/1.1\r\nHost: a\r\n\r\n");
        await Deadline.WaitUntilAsync(() => _one.Server.Connections.Any(connection => connection.Session.Id == sid && connection.Session.HasHeldPoll));
        connection.Reset();
        await Deadline.WaitUntilAsync(() => !_one.Server.Connections.Any(connection => connection.Session.Id == sid));
    });

    private async Task ForEachClientAsync(Func<string, Task> attack) =>
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ => await attack(await OpenAsync()))).WithTimeout();

    private async Task<string> OpenAsync()
    {
        using var client = new HttpClient();
        return EngineTestHost.ParseSid(await client.GetStringAsync(new Uri(_one.Url + "/stream/?EIO=4&transport=polling&account=acme")));
    }

    private static Uri Poll(ApiHost host, string sid) => new($"{host.Url}/stream/?EIO=4&transport=polling&account=acme&sid={sid}");

    private static string Upgrade(string sid) =>
        RawWebSocket.BuildRequest($"?EIO=4&transport=websocket&account=acme&sid={sid}").Replace("/engine.io/", "/stream/", StringComparison.Ordinal);
}
