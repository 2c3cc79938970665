using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>Tests requests of polling sessions that arrive at the server that does not hold the session.</summary>
public sealed class PeerForwardingTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private readonly string _prefix = backends.NewPrefix();
    private readonly HttpClient _http = new();
    private readonly List<PeerHost> _hosts = [];

    private PeerHost One => _hosts[0];

    private PeerHost Two => _hosts[1];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Response_FromEitherServer_IsIdentical()
    {
        await StartAsync(options =>
        {
            options.EngineIO.Cors.Enabled = true;
            options.EngineIO.Cors.Origins.Add("https://app.example");
            options.EngineIO.Cors.Credentials = true;
            options.EngineIO.HttpCompression.Threshold = 100;
            options.EngineIO.OnHeaders = static (headers, context) => headers["X-Seen"] = new([context.Request.Host.Value, context.Request.Headers["X-Mine"]]);
        });
        _http.DefaultRequestHeaders.Add("Origin", "https://app.example");
        var sid = await OpenAsync();
        foreach (var (content, account) in new[] { ("x", "acme"), (new string('x', 5000), "acme"), (new string('x', 200_000), "acme"), ("x", "other") })
        {
            var answers = new List<string>();
            foreach (var host in _hosts)
            {
                answers.Add(await DescribeAsync(HttpMethod.Post, Uri(host, sid, account), $$"""4{"event":"echo","args":["{{content}}"]}"""));
                if (account == "acme")
                {
                    answers.Add(await DescribeAsync(HttpMethod.Get, Uri(host, sid, account)));
                }
            }

            Assert.Equal(answers[..(answers.Count / 2)], answers[(answers.Count / 2)..]);
        }

        // Polls and small bodies go over the peer connection, a body that is too large for it over HTTP. A request over HTTP is
        // counted after its response has ended.
        await Deadline.WaitUntilAsync(() => Two.ForwardedRequests.Count() == 7);
        Assert.Equal(
            [("http forwarded", 1), ("peer forwarded", 6)],
            Two.ForwardedRequests.CountBy(static forward => forward).OrderBy(static count => count.Key).Select(static count => (count.Key, count.Value)));
    }

    [Fact]
    public async Task Forward_PeerConnectionRefused_FallsBackToHttp()
    {
        // Simulates a proxy between the servers that passes no upgrades.
        await StartAsync(build: static builder => builder.Services.Insert(
            0, ServiceDescriptor.Singleton<IStartupFilter>(new HeaderRemovingFilter(PeerHandshakeHeader.Name))));
        var sid = await OpenAsync();

        for (var i = 0; i < 3; i++)
        {
            await AssertEchoAsync(sid);
        }

        Assert.All(Two.ForwardedRequests, static forward => Assert.Equal("http forwarded", forward));
        var warning = Assert.Single(
            Two.Logs.GetSnapshot(),
            static record => record.Message.Contains("refused the peer connection", StringComparison.Ordinal));
        Assert.Contains("The server one at", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValidateSessionRequest_ForwardedRequest_SeesTheUserThatTheFirstServerAuthenticated()
    {
        var (seen, runs) = (new List<string?>(), 0);
        await StartAsync(
            options => options.EngineIO.ValidateSessionRequest = (context, _) =>
            {
                lock (seen)
                {
                    seen.Add($"{context.User.Identity?.Name} {context.Request.PathBase}{context.Request.Path} {context.Connection.RemoteIpAddress}");
                }

                return ValueTask.FromResult(true);
            },
            app =>
            {
                app.UsePathBase("/base");
                app.UseRouting();
                app.Use((context, next) =>
                {
                    Interlocked.Increment(ref runs);
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, context.Request.Headers["X-User"].ToString())], "test"));
                    return next(context);
                });
            });
        _http.DefaultRequestHeaders.Add("X-User", "ann");
        var sid = await OpenAsync("/base");
        foreach (var host in _hosts)
        {
            Assert.StartsWith("200 ", await DescribeAsync(HttpMethod.Post, Uri(host, sid, path: "/base"), "4{}"), StringComparison.Ordinal);
        }

        // A chunked body is not buffered: its request is forwarded over HTTP, to the same server.
        using var slow = new HttpRequestMessage(HttpMethod.Post, Uri(Two, sid, path: "/base")) { Content = new StringContent("4{}"), Headers = { TransferEncodingChunked = true } };
        using var answer = await _http.SendAsync(slow).WithTimeout();
        Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        // A streamed request is counted after its response has ended.
        await Deadline.WaitUntilAsync(() => Two.ForwardedRequests.Count() == 2);
        Assert.Equal(["peer forwarded", "http forwarded"], Two.ForwardedRequests);
        Assert.Equal(Enumerable.Repeat("ann /base/stream/ 127.0.0.1", 3), seen);

        // One handshake and three posts: the middleware runs once for each, on the server that the client requested.
        Assert.Equal(4, runs);
    }

    [Fact]
    public async Task StopAsync_HoldsAForwardedPoll_AnswersItAndStopsInTime()
    {
        await StartAsync();
        var sid = await OpenAsync();
        var poll = _http.GetAsync(Uri(Two, sid));
        await Deadline.WaitUntilAsync(() => One.Server.Connections.Any(static connection => connection.Session.HasHeldPoll));

        await One.StopAsync().WithTimeout();

        using var answer = await poll.WithTimeout();
        Assert.Equal("1", await answer.Content.ReadAsStringAsync());
        Assert.Contains("Session ID unknown", await DescribeAsync(HttpMethod.Get, Uri(Two, sid)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForwardedPoll_ClientDisconnects_EndsOnlyThatPoll()
    {
        await StartAsync();
        var (gone, stays) = (await OpenAsync(), await OpenAsync());
        using var leaving = new CancellationTokenSource();
        var first = _http.GetAsync(Uri(Two, gone), leaving.Token);
        var second = _http.GetAsync(Uri(Two, stays));
        await Deadline.WaitUntilAsync(() => One.Server.Connections.Count(static connection => connection.Session.HasHeldPoll) == 2);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first).WithTimeout();
        await Deadline.WaitUntilAsync(() => One.Server.ConnectionCount == 1);
        await One.Server.GetAccount("acme").SendAsync("end");
        using var answer = await second.WithTimeout();
        Assert.Equal("""4{"event":"end","args":[]}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ForwardedRequest_Trace_ContinuesOnTheOtherServer()
    {
        var answered = new TaskCompletionSource<ActivityTraceId>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Scaler",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => _ = activity is { OperationName: "scaler.answer", Kind: ActivityKind.Server } && answered.TrySetResult(activity.TraceId),
        };
        await StartAsync();
        var sid = await OpenAsync();
        ActivitySource.AddActivityListener(listener);
        using var activity = new Activity("client").Start();

        await AssertEchoAsync(sid);

        Assert.Equal(activity.TraceId, await answered.Task.WithTimeout());
    }

    [Fact]
    public async Task PeerUpgrade_InvalidGreetingOrProtocol_Returns403()
    {
        await StartAsync();
        var port = new Uri(One.Url).Port;
        var node = Two.Server.Cluster.Node;
        var valid = PeerHandshakeHeader.Write("two", One.Server.Cluster.Node.ServerEpoch, node.Time.GetUtcNow(), node.Secret);
        var forOther = PeerHandshakeHeader.Write("two", node.ServerEpoch, node.Time.GetUtcNow(), node.Secret);
        foreach (var (greeting, upgrade, status) in new[]
        {
            ("x", PeerHandshakeHeader.Protocol, "403"), (forOther, PeerHandshakeHeader.Protocol, "403"), (valid, "websocket", "403"),
            (valid, PeerHandshakeHeader.Protocol, "101"), (valid, PeerHandshakeHeader.Protocol, "403"),
        })
        {
            using var connection = await RawConnection.ConnectAsync(port);
            await connection.SendAsync(
                $"GET /stream/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\n{PeerHandshakeHeader.Name}: {greeting}\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status} ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("4{}\r\nnot a chunk size\r\n", true)]
    [InlineData("4\r\n4{}x-and-more\r\n0\r\n\r\n", true)]
    [InlineData("ffffffffffffffffffff\r\n4{}\r\n0\r\n\r\n", false)]
    public async Task ForwardedPost_MalformedChunk_LogsNoStack(string body, bool isAnswered)
    {
        await StartAsync();
        var (sid, neighbour) = (await OpenAsync(), await OpenAsync());
        using var connection = await RawConnection.ConnectAsync(new Uri(Two.Url).Port);

        await connection.SendAsync(
            $"POST /stream/?EIO=4&transport=polling&account=acme&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        if (isAnswered)
        {
            Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        }

        await Deadline.WaitUntilAsync(() => Two.ForwardedRequests.Any());
        await AssertEchoAsync(neighbour);
        Assert.All(_hosts.SelectMany(static host => host.Logs.GetSnapshot()), static entry => Assert.Null(entry.Exception));
    }

    [Fact]
    public async Task JsonpRequest_ForwardedWithItsReferer_IsAllowedForOwnPagesOnly()
    {
        await StartAsync(static options => options.EngineIO.AllowJsonp = true);
        var sid = await OpenAsync();
        foreach (var (referer, status) in new[]
        {
            ("http://stream.example/page", "200 "), ("http://evil.example/page", "403 "), ("", "403 "),
        })
        {
            _http.DefaultRequestHeaders.Referrer = referer.Length == 0 ? null : new Uri(referer);
            Assert.StartsWith(
                status, await DescribeAsync(HttpMethod.Post, new Uri($"{Uri(Two, sid)}&j=0"), "d=4{\"event\":\"echo\",\"args\":[1]}"), StringComparison.Ordinal);
        }

        _http.DefaultRequestHeaders.Referrer = new Uri("http://stream.example/page");
        Assert.EndsWith(
            "___eio[3](\"4{\\\"event\\\":\\\"echo\\\",\\\"args\\\":[1]}\");",
            await DescribeAsync(HttpMethod.Get, new Uri($"{Uri(Two, sid)}&j=3")), StringComparison.Ordinal);
    }

    private async Task AssertEchoAsync(string sid)
    {
        Assert.EndsWith("ok", await DescribeAsync(HttpMethod.Post, Uri(Two, sid), """4{"event":"echo","args":[1]}"""), StringComparison.Ordinal);
        Assert.EndsWith("""4{"event":"echo","args":[1]}""", await DescribeAsync(HttpMethod.Get, Uri(Two, sid)), StringComparison.Ordinal);
    }

    /// <summary>Sends a request and formats the status, headers and body of the response, without the Date header.</summary>
    private async Task<string> DescribeAsync(HttpMethod method, Uri uri, string? body = null)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Host = "stream.example";
        request.Headers.Add("Accept-Encoding", "gzip");
        request.Headers.Add("X-Mine", "a, b");
        using var answer = await _http.SendAsync(request).WithTimeout();
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(static header => header.Key != "Date")
            .Select(static header => $"{header.Key}: {string.Join('|', header.Value)}").Order(StringComparer.Ordinal);
        return $"{(int)answer.StatusCode} {string.Join('\n', headers)}\n{await answer.Content.ReadAsStringAsync()}";
    }

    private static Uri Uri(PeerHost host, string sid, string account = "acme", string path = "") =>
        new($"{host.Url}{path}/stream/?EIO=4&transport=polling&account={account}&sid={sid}");

    private async Task<string> OpenAsync(string path = "") =>
        EngineTestHost.ParseSid(await _http.GetStringAsync(new Uri($"{One.Url}{path}/stream/?EIO=4&transport=polling&account=acme")).WithTimeout());

    private async Task StartAsync(Action<ScalerOptions>? configure = null, Action<WebApplication>? before = null, Action<WebApplicationBuilder>? build = null)
    {
        foreach (var id in new[] { "one", "two" })
        {
            _hosts.Add(await PeerHost.StartAsync(
                await backends.ConnectAsync(Backend.Garnet), _prefix, id,
                options =>
                {
                    // A busy test machine must not look like an unreachable server.
                    options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
                    configure?.Invoke(options);
                },
                before, build));
        }
    }

    private sealed class HeaderRemovingFilter(string name) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Request.Headers.Remove(name);
                return rest(context);
            });
            next(app);
        };
    }
}
