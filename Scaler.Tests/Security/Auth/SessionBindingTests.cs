using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Auth;

/// <summary>Tests that every server accepts requests of a session only from the account and the user that opened it.</summary>
public sealed class SessionBindingTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    // Without this option, Uri would repair a malformed escape.
    private static readonly UriCreationOptions Raw = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly List<ScalerServer> _servers = [];
    private readonly HttpClient _http = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Request_ForAnotherAccount_IsRefusedOnEveryServerAndKeepsTheSession()
    {
        await StartAsync(static _ => { });
        var sid = await OpenAsync("&account=acme");
        foreach (var more in new[]
        {
            "&account=other", "&account=acme&account=other", "&account=",
            "&account=acme%FF", "&account=acme%C3", "&account=50%", "&account=%zz",
        })
        {
            await AssertRefusedEverywhereAsync(sid, more);
        }

        await AssertServedEverywhereAsync(sid, "&account=acme");
        await AssertServedEverywhereAsync(sid, "");
    }

    [Fact]
    public async Task Request_WithAnotherToken_IsRefusedOnEveryServerAndKeepsTheSession()
    {
        await StartAsync(TestTokens.ConfigureTrust);
        var mine = TestTokens.Create("acme");
        var sid = await OpenAsync("&account=acme&access_token=" + mine);
        string[] wrong =
        [
            "",
            "&account=acme",
            "&account=acme&access_token=nonsense",
            "&account=acme&access_token=" + TestTokens.Create("acme", user: "bob"),
            "&account=acme&access_token=" + TestTokens.Create("other"),
            "&account=other&access_token=" + TestTokens.Create("other"),
            "&account=other&access_token=" + mine,
            "&account=acme&access_token=" + TestTokens.Create("acme", change: static t => t.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)),
            "&account=acme&access_token=" + mine + "&access_token=" + mine,
        ];
        foreach (var more in wrong)
        {
            await AssertRefusedEverywhereAsync(sid, more);
        }

        await AssertServedEverywhereAsync(sid, "&account=acme&access_token=" + mine);
    }

    [Fact]
    public async Task Request_NewerTokenOfTheSameUser_KeepsTheSession()
    {
        await StartAsync(TestTokens.ConfigureTrust);
        var brief = TestTokens.Create("acme", change: static t => t.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(3));
        var sid = await OpenAsync("&account=acme&access_token=" + brief);
        var newer = "&account=acme&access_token=" + TestTokens.Create("acme");
        await AssertServedEverywhereAsync(sid, newer);

        // Waits until the first token has expired.
        await Deadline.WaitUntilAsync(async () => (await JwtTests.HandshakeAsync(_servers[0], "", brief, null)).Status == 403);
        await using var other = await TestClient.ConnectAsync(
            _servers[0].GetUrl(), "acme", more: "&access_token=" + TestTokens.Create("acme", change: static t => t.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1)));
        Assert.Equal("4403 token expired", await other.Closed.WithTimeout());
        await AssertServedEverywhereAsync(sid, newer);
    }

    [Fact]
    public async Task Request_UserSetByTheApplication_IsBoundToTheSession()
    {
        // Simulates authentication by the application, which sets the user of each request before Scaler handles it.
        var state = new SessionState(new SessionIdentity("acme", "ann", null, null));
        var admission = new SessionAuthorizer(new ScalerOptions());
        await using var host = await EngineTestHost.StartAsync(options =>
        {
            options.AuthorizeAsync = _ => ValueTask.FromResult(Scaler.EngineIO.EngineAuthorization.Allow.WithOwner(state));
            options.ValidateSessionRequest = async (context, session) =>
            {
                if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
                {
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "test"));
                }

                return await admission.IsOwnerAsync(context, session);
            };
        });
        var sid = await host.OpenPollingAsync();
        var query = "?EIO=4&transport=polling&sid=" + sid;

        (await host.SendAsync(HttpMethod.Post, query, "4x"u8.ToArray(), null, ("X-User", "bob"))).AssertError(403, 4, "Forbidden");
        (await host.SendAsync(HttpMethod.Post, query, "4x"u8.ToArray(), null)).AssertError(403, 4, "Forbidden");
        (await host.SendAsync(HttpMethod.Post, query, "4x"u8.ToArray(), null, ("X-User", "ann"))).AssertBody(200, "ok");
    }

    [Fact]
    public async Task ForwardedRequest_ClientAddress_IsKeptAndForgedHeadersAreIgnored()
    {
        var seen = new List<string?>();
        await StartAsync(options => options.EngineIO.OnHeaders = (_, context) =>
        {
            lock (seen)
            {
                seen.Add($"{context.Connection.RemoteIpAddress} {context.Request.Scheme}");
            }
        });
        var sid = await OpenAsync("&account=acme");
        seen.Clear();
        using var http = LocalAddressHttpClient.Create("127.0.0.2");
        foreach (var server in _servers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Url(server, sid, "&account=acme")) { Content = new StringContent("4{}") };
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Real-IP", "203.0.113.9");
            using var answer = await http.SendAsync(request).WithTimeout();
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        }

        using var forged = new HttpRequestMessage(HttpMethod.Post, Url(_servers[0], sid, "&account=acme")) { Content = new StringContent("4{}") };
        forged.Headers.Add("X-Scaler-Forwarded", "two 203.0.113.9 https 1 AAAAAAAAAAAAAAAAAAAAAA");
        using var accepted = await http.SendAsync(forged).WithTimeout();
        Assert.Equal("ok", await accepted.Content.ReadAsStringAsync());

        // The second request was forwarded by the other server, whose own address is different.
        Assert.Equal(["127.0.0.2 http", "127.0.0.2 http", "127.0.0.2 http"], seen);
    }

    private async Task AssertRefusedEverywhereAsync(string sid, string more)
    {
        foreach (var server in _servers)
        {
            using var poll = await _http.GetAsync(Url(server, sid, more)).WithTimeout();
            await AssertForbiddenAsync(poll);
            using var content = new StringContent("""4{"event":"echo","args":["evil"]}""");
            using var post = await _http.PostAsync(Url(server, sid, more), content).WithTimeout();
            await AssertForbiddenAsync(post);
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            var upgrade = Url(server, sid, more).OriginalString
                .Replace("http", "ws", StringComparison.Ordinal).Replace("polling", "websocket", StringComparison.Ordinal);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(upgrade, Raw), default).WithTimeout());
            Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
        }
    }

    private async Task AssertServedEverywhereAsync(string sid, string more)
    {
        foreach (var server in _servers)
        {
            using var content = new StringContent($$"""4{"event":"echo","args":["{{server.Id}}"]}""");
            using var post = await _http.PostAsync(Url(server, sid, more), content).WithTimeout();
            Assert.Equal("ok", await post.Content.ReadAsStringAsync());
            Assert.Equal($$"""4{"event":"echo","args":["{{server.Id}}"]}""", await _http.GetStringAsync(Url(server, sid, more)).WithTimeout());
        }
    }

    private static async Task AssertForbiddenAsync(HttpResponseMessage answer)
    {
        Assert.Equal("""{"code":4,"message":"Forbidden"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static Uri Url(ScalerServer server, string sid, string more) =>
        new($"{server.GetUrl()}/stream/?EIO=4&transport=polling&sid={sid}{more}", Raw);

    private async Task<string> OpenAsync(string more)
    {
        var open = await _http.GetStringAsync(new Uri($"{_servers[0].GetUrl()}/stream/?EIO=4&transport=polling{more}")).WithTimeout();
        return open.Split("\"sid\":\"")[1].Split('"')[0];
    }

    private async Task StartAsync(Action<ScalerOptions> configure)
    {
        var prefix = backends.NewPrefix();
        foreach (var id in new[] { "one", "two" })
        {
            _servers.Add(await ScalerTestServer.StartAsync(
                await backends.ConnectAsync(Backend.Garnet), prefix,
                options =>
                {
                    options.Cluster.ServerId = id;
                    configure(options);
                },
                static server => server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken))));
        }
    }
}
