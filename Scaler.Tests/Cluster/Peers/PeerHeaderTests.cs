using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>
/// Tests that header values pass between servers unchanged: over a peer connection, over HTTP, and for a WebSocket.
/// </summary>
public sealed class PeerHeaderTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private const string UpgradeHeaders =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    private readonly string _prefix = backends.NewPrefix();
    private readonly List<PeerHost> _hosts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("utf-8", "Müller, 日本語 👋")]
    [InlineData("latin1", "Müller, ÿ")]
    public async Task Forward_ResponseHeaderThatIsNotAscii_PassesUnchanged(string encoding, string value)
    {
        await StartAsync(encoding, options => options.EngineIO.OnHeaders = (headers, _) => headers["X-Name"] = value);
        foreach (var response in await ForwardAsync(encoding, "Host: a"))
        {
            Assert.Contains($"\r\nX-Name: {value}\r\n", response, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Forward_RequestHeaderInLatin1_PassesUnchanged()
    {
        var seen = new ConcurrentQueue<string>();
        await StartAsync("latin1", options => options.EngineIO.ValidateSessionRequest = (context, _) =>
        {
            seen.Enqueue(context.Request.Headers.UserAgent.ToString());
            return ValueTask.FromResult(true);
        });
        await ForwardAsync("latin1", "Host: a\r\nUser-Agent: Müller ÿ");
        Assert.Equal(Enumerable.Repeat("Müller ÿ", 3), seen);
    }

    [Theory]
    [InlineData("xn--bcher-kva.example", "http://xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example:8080", "http://xn--bcher-kva.example:8080")]
    [InlineData("[::1]", "http://[::1]")]
    [InlineData("[2001:db8::1]:8080", "http://[2001:db8::1]:8080")]
    public async Task Forward_PunycodeOrIPv6Host_PassesUnchangedAndIsTheOwnOrigin(string name, string origin)
    {
        var seen = new ConcurrentQueue<string>();
        await StartAsync("utf-8", options => options.EngineIO.ValidateSessionRequest = (context, _) =>
        {
            seen.Enqueue(context.Request.Headers.Host.ToString());
            return ValueTask.FromResult(true);
        });
        await ForwardAsync("utf-8", $"Host: {name}\r\nOrigin: {origin}");
        Assert.Equal(Enumerable.Repeat(name, 3), seen);
    }

    /// <summary>Sends a short post, a long post and an upgrade to the server that does not hold the session.</summary>
    /// <returns>The heads of the responses.</returns>
    private async Task<List<string>> ForwardAsync(string encoding, string headers)
    {
        using var http = new HttpClient();
        var handshake = new Uri($"{_hosts[0].Url}/stream/?EIO=4&transport=polling&account=acme");
        using var open = await http.GetAsync(handshake).WithTimeout();
        var sid = EngineTestHost.ParseSid(await open.Content.ReadAsStringAsync());
        var responses = new List<string>();
        foreach (var (head, body, status) in new[]
        {
            ("Content-Length: 3", "4{}", "200"),
            ($"Content-Length: {100_000}", "4" + new string('x', 99_999), "200"),
            (UpgradeHeaders, "", "101"),
        })
        {
            using var connection = await RawConnection.ConnectAsync(new Uri(_hosts[1].Url).Port);
            var (method, transport) = body.Length > 0 ? ("POST", "polling") : ("GET", "websocket");
            await connection.SendAsync(Encoding.GetEncoding(encoding).GetBytes(
                $"{method} /stream/?EIO=4&transport={transport}&account=acme&sid={sid} HTTP/1.1\r\n"
                + $"{headers}\r\n{head}\r\n\r\n{body}"));
            var bytes = Encoding.Latin1.GetBytes(await connection.ReadHeadersAsync());
            var response = Encoding.GetEncoding(encoding).GetString(bytes);
            Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
            responses.Add(response);
        }

        // A streamed request is counted after its response has ended.
        await Deadline.WaitUntilAsync(() => _hosts[1].ForwardedRequests.Contains("http forwarded"));
        Assert.Contains("peer forwarded", _hosts[1].ForwardedRequests);
        return responses;
    }

    private async Task StartAsync(string encoding, Action<ScalerOptions> configure)
    {
        foreach (var id in new[] { "one", "two" })
        {
            _hosts.Add(await PeerHost.StartAsync(
                await backends.ConnectAsync(Backend.Garnet), _prefix, id,
                options =>
                {
                    // A busy test machine must not look like an unreachable server.
                    options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
                    configure(options);
                },
                build: builder => builder.WebHost.ConfigureKestrel(kestrel =>
                {
                    kestrel.RequestHeaderEncodingSelector = _ => Encoding.GetEncoding(encoding);
                    kestrel.ResponseHeaderEncodingSelector = _ => Encoding.GetEncoding(encoding);
                })));
        }
    }
}
