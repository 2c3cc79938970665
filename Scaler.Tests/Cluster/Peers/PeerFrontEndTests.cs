using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>Tests forwarding between servers whose middleware would refuse the requests of other servers.</summary>
public sealed class PeerFrontEndTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private const string Host = "stream.example";

    private readonly string _prefix = backends.NewPrefix();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly List<PeerHost> _hosts = [];

    private PeerHost Two => _hosts[1];

    public Task InitializeAsync()
    {
        _http.DefaultRequestHeaders.Host = Host;
        _http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        _http.DefaultRequestHeaders.Add("X-User", "ann");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    public async Task Forward_MiddlewareOfTheApplication_DoesNotSeeRequestsOfOtherServers(bool redirects, bool authorizes, bool filtersHosts)
    {
        await StartAsync(redirects, authorizes, filtersHosts);
        var sid = await OpenAsync();
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var content = new StringContent("4{}");
        using var refused = await plain.PostAsync(Uri(Two, sid), content).WithTimeout();
        Assert.Equal(
            filtersHosts ? HttpStatusCode.BadRequest : redirects ? HttpStatusCode.TemporaryRedirect : HttpStatusCode.Unauthorized,
            refused.StatusCode);

        Assert.Equal("ok", await PostAsync(sid, """4{"event":"echo","args":[1]}"""));
        Assert.Equal("""4{"event":"echo","args":[1]}""", await _http.GetStringAsync(Uri(Two, sid)).WithTimeout());
        Assert.Equal("ok", await PostAsync(sid, """4{"event":"echo","args":[2]}""", isChunked: true));
        await Deadline.WaitUntilAsync(() => Two.ForwardedRequests.Count() == 3);
        Assert.Equal(["peer forwarded", "peer forwarded", "http forwarded"], Two.ForwardedRequests);
        await AssertUpgradesAsync(sid);
    }

    [Fact]
    public async Task Forward_AnonymousClientOfTheFirstServer_IsRefusedThere()
    {
        await StartAsync(redirects: false, authorizes: true, filtersHosts: false);
        var sid = await OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Uri(Two, sid)) { Headers = { { "X-Scaler-Forwarded", "x" } } };
        _http.DefaultRequestHeaders.Remove("X-User");

        using var answer = await _http.SendAsync(request).WithTimeout();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(Two.ForwardedRequests);
    }

    [Fact]
    public async Task Forward_OtherUserThanTheHandshakes_IsRefusedByTheServerThatHoldsTheSession()
    {
        await StartAsync(redirects: false, authorizes: true, filtersHosts: false);
        var sid = await OpenAsync();
        _http.DefaultRequestHeaders.Remove("X-User");
        _http.DefaultRequestHeaders.Add("X-User", "eve");

        Assert.StartsWith("{\"code\":4", await PostAsync(sid, "4{}"), StringComparison.Ordinal);
        Assert.StartsWith("{\"code\":4", await PostAsync(sid, "4{}", isChunked: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Müller")]
    [InlineData("日本語 👋")]
    [InlineData("a\tb\u0001")]
    public async Task Forward_HeaderValueThatKestrelAccepts_PassesUnchanged(string value)
    {
        var seen = new List<string>();
        await StartAsync(redirects: false, authorizes: false, filtersHosts: false, options =>
            options.EngineIO.ValidateSessionRequest = (context, _) =>
            {
                lock (seen)
                {
                    seen.Add(context.Request.Headers.UserAgent.ToString());
                }

                return ValueTask.FromResult(true);
            });
        var sid = await OpenAsync();
        foreach (var (head, body, status) in new[]
        {
            ("Content-Length: 3", "4{}", "200"),
            ($"Content-Length: {100_000}", "4" + new string('x', 99_999), "200"),
            ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "101"),
        })
        {
            using var connection = await RawConnection.ConnectAsync(new Uri(Two.Url).Port);
            var (method, transport) = body.Length > 0 ? ("POST", "polling") : ("GET", "websocket");
            await connection.SendAsync(Encoding.UTF8.GetBytes(
                $"{method} /stream/?EIO=4&transport={transport}&account=acme&sid={sid} HTTP/1.1\r\nHost: {Host}\r\nUser-Agent: {value}\r\n{head}\r\n\r\n{body}"));
            Assert.StartsWith($"HTTP/1.1 {status} ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(Enumerable.Repeat(value, 3), seen);
    }

    private async Task AssertUpgradesAsync(string sid)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", Host);
        socket.Options.SetRequestHeader("X-Forwarded-Proto", "https");
        socket.Options.SetRequestHeader("X-User", "ann");
        await socket.ConnectAsync(
            new Uri($"{Two.Url.Replace("http", "ws", StringComparison.Ordinal)}/stream/?EIO=4&transport=websocket&account=acme&sid={sid}"),
            CancellationToken.None).WithTimeout();
        await socket.SendAsync("2probe"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None).WithTimeout();
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WithTimeout();
        Assert.Equal("3probe", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    private async Task<string> PostAsync(string sid, string body, bool isChunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Uri(Two, sid)) { Content = new StringContent(body) };
        request.Headers.TransferEncodingChunked = isChunked;
        using var answer = await _http.SendAsync(request).WithTimeout();
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<string> OpenAsync() => EngineTestHost.ParseSid(
        await _http.GetStringAsync(new Uri($"{_hosts[0].Url}/stream/?EIO=4&transport=polling&account=acme")).WithTimeout());

    private static Uri Uri(PeerHost host, string sid) => new($"{host.Url}/stream/?EIO=4&transport=polling&account=acme&sid={sid}");

    private async Task StartAsync(bool redirects, bool authorizes, bool filtersHosts, Action<ScalerOptions>? configure = null)
    {
        foreach (var id in new[] { "one", "two" })
        {
            _hosts.Add(await PeerHost.StartAsync(
                await backends.ConnectAsync(Backend.Garnet), _prefix, id,
                options =>
                {
                    // A busy test machine must not look like an unreachable server.
                    options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
                    options.Auth.UserClaim = ClaimTypes.Name;
                    configure?.Invoke(options);
                },
                app =>
                {
                    if (redirects)
                    {
                        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
                        app.UseHttpsRedirection();
                    }
                },
                builder =>
                {
                    builder.Configuration["https_port"] = "443";
                    if (filtersHosts)
                    {
                        builder.Configuration["AllowedHosts"] = Host;
                    }

                    if (authorizes)
                    {
                        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("header", null);
                        builder.Services.AddAuthorization();
                    }
                },
                authorizes));
        }
    }

    private sealed class HeaderAuthentication(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } name)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name)));
        }
    }
}
