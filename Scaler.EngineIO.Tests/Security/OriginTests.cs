using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>Tests which origins may connect. The origin is checked before a 101 response and before a session exists.</summary>
public sealed class OriginTests
{
    private const string Handshake = "?EIO=4&transport=polling";

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://127.0.0.1")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Handshake_OtherOriginByDefault_IsRefusedBeforeAuthorization(string origin)
    {
        var authorized = 0;
        await using var host = await EngineTestHost.StartAsync(options => options.AuthorizeAsync = _ =>
        {
            authorized++;
            return ValueTask.FromResult(EngineAuthorization.Allow);
        });
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        var header = ("Origin", origin.Length == 0 ? " " : origin);
        (await host.GetAsync(Handshake, header)).AssertError(403, 4, "Origin not allowed");
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket", header));
        Assert.StartsWith("HTTP/1.1 403 ", socket.ResponseHeaders, StringComparison.Ordinal);
        Assert.Equal("Origin not allowed", await socket.Connection.ReadToEndAsync());

        await neighbours.AssertUnaffectedAsync();
        Assert.Equal((2, 2), (host.Server.Count, authorized));
    }

    [Fact]
    public async Task SessionRequest_OtherOrigin_IsRefusedAndKeepsTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var header = ("Origin", "https://evil.example");
        var query = $"{Handshake}&sid={sid}";
        (await host.GetAsync(query, header)).AssertError(403, 4, "Origin not allowed");
        (await host.SendAsync(HttpMethod.Post, query, "4evil"u8.ToArray(), null, header)).AssertError(403, 4, "Origin not allowed");
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest($"?EIO=4&transport=websocket&sid={sid}", header));
        Assert.StartsWith("HTTP/1.1 403 ", socket.ResponseHeaders, StringComparison.Ordinal);

        (await host.PostAsync(sid, "4mine")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4mine");
    }

    [Fact]
    public async Task Handshake_OwnOriginOrNoOrigin_IsAllowed()
    {
        await using var host = await EngineTestHost.StartAsync();
        Assert.Equal(200, (await host.GetAsync(Handshake)).StatusCode);
        Assert.Equal(200, (await host.GetAsync(Handshake, ("Origin", $"http://127.0.0.1:{host.Port}"))).StatusCode);

        // TLS was terminated at a proxy.
        Assert.Equal(200, (await host.GetAsync(Handshake, ("Host", "app.example.org"), ("Origin", "https://app.example.org"))).StatusCode);
        Assert.Equal(200, (await host.GetAsync(Handshake, ("Host", "App.Example.org:443"), ("Origin", "https://app.example.org"))).StatusCode);
        using var socket = await host.ConnectWebSocketAsync(headers: [("Host", $"localhost:{host.Port}"), ("Origin", $"http://localhost:{host.Port}")]);
    }

    [Fact]
    public async Task Handshake_ListedOrigin_IsAllowedOverEachTransport()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.Cors.Enabled = true;
            options.Cors.Origins.Add("https://*.example.org");
        });
        const string Listed = "https://app.example.org";
        Assert.Equal(Listed, (await host.GetAsync(Handshake, ("Origin", Listed))).Header("Access-Control-Allow-Origin"));
        using var socket = await host.ConnectWebSocketAsync(headers: [("Origin", Listed)]);
        var refused = await host.GetAsync(Handshake, ("Origin", "https://example.org"));
        refused.AssertError(403, 4, "Origin not allowed");
        Assert.Null(refused.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 200)]
    [InlineData("none", 200)]
    public async Task Handshake_NoOriginButSecFetchSite_IsJudgedBySecFetchSite(string site, int status)
    {
        await using var host = await EngineTestHost.StartAsync();
        Assert.Equal(status, (await host.GetAsync(Handshake, ("Sec-Fetch-Site", site))).StatusCode);
        await using var open = await EngineTestHost.StartAsync(static options =>
        {
            options.Cors.Enabled = true;
            options.Cors.Origins.Add("*");
        });
        Assert.Equal(200, (await open.GetAsync(Handshake, ("Sec-Fetch-Site", site))).StatusCode);
    }

    [Theory]
    [InlineData("https://a.example", "https://a.example", true)]
    [InlineData("https://a.example", "https://A.EXAMPLE", true)]
    [InlineData("https://a.example:443", "https://a.example", true)]
    [InlineData("https://a.example", "http://a.example", false)]
    [InlineData("https://a.example", "https://a.example:8443", false)]
    [InlineData("https://a.example", "https://a.example.evil", false)]
    [InlineData("https://a.example", "https://ba.example", false)]
    [InlineData("https://*.a.example", "https://b.a.example", true)]
    [InlineData("https://*.a.example", "https://c.b.a.example", true)]
    [InlineData("https://*.a.example", "https://a.example", false)]
    [InlineData("https://*.a.example", "https://.a.example", false)]
    [InlineData("https://*.a.example", "https://evila.example", false)]
    [InlineData("https://*.a.example", "https://b.a.example.evil", false)]
    [InlineData("http://localhost:*", "http://localhost:5173", true)]
    [InlineData("http://localhost:*", "http://localhost", true)]
    [InlineData("http://localhost:*", "http://localhost.evil:5173", false)]
    [InlineData("http://[::1]:*", "http://[::1]:5173", true)]
    [InlineData("http://[::1]", "http://[::1]:80", true)]
    [InlineData("capacitor://localhost", "capacitor://localhost", true)]
    [InlineData("https://a.example", "null", false)]
    [InlineData("https://a.example", "https://a.example https://b.example", false)]
    [InlineData("https://a.example", "https://a.example/x", false)]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://BÜCHER.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://bu\u0308cher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://xn--bcher-kva.example", "https://bücher.example", true)]
    [InlineData("https://*.bücher.example", "https://app.xn--bcher-kva.example", true)]
    [InlineData("https://*.example.org", "https://xn--bcher-kva.example.org", true)]
    [InlineData("https://straße.example", "https://xn--strae-oqa.example", true)]
    [InlineData("https://straße.example", "https://strasse.example", false)]
    [InlineData("https://bücher.example", "https://bucher.example", false)]
    [InlineData("https://a.example.", "https://a.example", true)]
    [InlineData("https://a.example", "https://a.example.:443", true)]
    [InlineData("https://*.a.example.", "https://b.a.example", true)]
    [InlineData("https://a.example:0443", "https://a.example", true)]
    [InlineData("https://a.example:", "https://a.example:443", true)]
    [InlineData("HTTPS://a.example", "https://a.example", true)]
    [InlineData("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080", true)]
    [InlineData("http://[2001:DB8::0:1]", "http://[2001:db8::1]", true)]
    [InlineData("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", true)]
    [InlineData("http://[::1]", "http://[::2]", false)]
    [InlineData("https://a.example", "wss://a.example", true)]
    [InlineData("https://a.example", "ws://a.example", false)]
    [InlineData("https://a.example", "file://", false)]
    [InlineData("capacitor://localhost", "ionic://localhost", false)]
    [InlineData("*", "null", true)]
    [InlineData("*", "file://", true)]
    public void Lists_Origin_MatchesTheEntry(string entry, string origin, bool listed)
    {
        var options = new EngineIOCorsOptions { Enabled = true };
        options.Origins.Add(entry);
        Assert.True(OriginPolicy.IsValidEntry(entry));
        Assert.Equal(listed, new OriginPolicy(options).IsListed(origin));
    }

    [Theory]
    [InlineData("https://a.example/")]
    [InlineData("a.example")]
    [InlineData("null")]
    [InlineData("https://")]
    [InlineData("https://*")]
    [InlineData("https://a.*.example")]
    [InlineData("https://*a.example")]
    [InlineData("https://*.*.example")]
    [InlineData("https://a.example:x")]
    [InlineData("https://a.example:99999")]
    [InlineData("https://a@b.example")]
    [InlineData("https://a.example:+1")]
    [InlineData("https://a..b\u00fc.example")]
    [InlineData("https://.")]
    [InlineData("https://*.")]
    [InlineData("https://a\uff0fb.example")]
    [InlineData("https://::1")]
    [InlineData("https://[::1")]
    [InlineData("https://[::1]x")]
    [InlineData("https://[fe80::1%1]")]
    [InlineData("https://[a.example]")]
    [InlineData("file://")]
    public void Validate_InvalidOrigin_ReportsTheExpectedFormat(string entry)
    {
        var options = new EngineIOOptions();
        options.Cors.Enabled = true;
        options.Cors.Origins.Add(entry);
        Assert.Contains(
            $"Cors:Origins holds '{entry}'; it must be an origin without a path", new EngineIOOptionsValidator().Validate(null, options).FailureMessage,
            StringComparison.Ordinal);
    }

    [Theory]
    // A browser sends both headers in ASCII.
    [InlineData("http", "xn--bcher-kva.example", "http://xn--bcher-kva.example", true)]
    [InlineData("http", "xn--bcher-kva.example:8080", "http://xn--bcher-kva.example:8080", true)]
    [InlineData("http", "xn--bcher-kva.example", "http://bücher.example", true)]
    [InlineData("http", "xn--bcher-kva.example", "http://bucher.example", false)]
    [InlineData("https", "A.Example.", "https://a.example", true)]
    [InlineData("https", "a.example", "https://a.example.", true)]
    [InlineData("http", "a.example:80", "http://a.example", true)]
    [InlineData("https", "a.example", "https://a.example:443", true)]
    [InlineData("https", "a.example:", "https://a.example", true)]
    [InlineData("http", "[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080", true)]
    [InlineData("http", "[2001:DB8::1]", "http://[2001:db8::1]:80", true)]
    // Native clients send the URL of their WebSocket.
    [InlineData("http", "a.example", "ws://a.example", true)]
    [InlineData("http", "a.example:8080", "ws://a.example:8080", true)]
    [InlineData("https", "a.example", "wss://a.example", true)]
    [InlineData("https", "a.example", "wss://a.example:443", true)]
    [InlineData("http", "a.example", "wss://a.example", true)]
    [InlineData("https", "a.example", "WSS://A.EXAMPLE", true)]
    [InlineData("https", "a.example", "ws://a.example", false)]
    [InlineData("https", "a.example", "wss://b.example", false)]
    [InlineData("https", "a.example", "wss://a.example:8443", false)]
    // A proxy forwards the scheme of a WebSocket.
    [InlineData("wss", "a.example", "https://a.example", true)]
    [InlineData("ws", "a.example", "http://a.example", true)]
    [InlineData("HTTPS", "a.example", "https://a.example", true)]
    [InlineData("wss", "a.example", "http://a.example", false)]
    // The origins of pages without a host, and of hybrid applications, are never the server's own.
    [InlineData("http", "localhost", "null", false)]
    [InlineData("http", "localhost", "file://", false)]
    [InlineData("http", "localhost", "capacitor://localhost", false)]
    [InlineData("http", "", "http://", false)]
    [InlineData("http", "", "null", false)]
    public void Allows_OwnOriginInAnySpelling_ReturnsTrueForTheSameHostAndPort(
        string scheme, string host, string origin, bool allowed)
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = scheme;
        request.Headers.Host = host;
        request.Headers.Origin = origin;
        Assert.Equal(allowed, new OriginPolicy(new EngineIOCorsOptions()).IsAllowed(request));
    }

    [Fact]
    public async Task Connect_InternationalizedOwnOrigin_IsAllowedForEachRequest()
    {
        await using var host = await EngineTestHost.StartAsync();
        (string, string)[] page = [("Host", "xn--bcher-kva.example"), ("Origin", "http://xn--bcher-kva.example")];
        var sid = EngineTestHost.ParseSid((await host.GetAsync(Handshake, page)).Text);
        (await host.SendAsync(HttpMethod.Post, $"{Handshake}&sid={sid}", "4a"u8.ToArray(), null, page)).AssertBody(200, "ok");
        using var socket = await host.ConnectWebSocketAsync(sid, headers: page);
    }

    [Fact]
    public void Write_RepeatedAndManyOrigins_LogsEachOncePerHourUpToTheCapacity()
    {
        var (logs, time) = (new FakeLogger(), new FakeTimeProvider());
        var log = new RefusedOriginLog(logs, time);
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Headers.Host) = ("http", "backend:8080");
        request.Headers.Origin = "https://live.example.org\u2028x";
        log.Write(request);
        log.Write(request);
        var line = Assert.Single(logs.Collector.GetSnapshot()).Message;
        Assert.StartsWith("Refused the origin https://live.example.org\\u2028x. ", line, StringComparison.Ordinal);
        Assert.Contains("http://backend:8080, from the Host header", line, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Host", line, StringComparison.Ordinal);

        for (var i = 0; i < 2 * RefusedOriginLog.Capacity; i++)
        {
            request.Headers.Origin = $"https://{i}.example" + new string('x', 1000);
            log.Write(request);
        }

        Assert.Equal(RefusedOriginLog.Capacity, logs.Collector.Count);
        Assert.All(logs.Collector.GetSnapshot(), static record => Assert.True(record.Message.Length < 1000));
        time.Advance(TimeSpan.FromHours(1));
        request.Headers.Remove("Origin");
        request.Headers["Sec-Fetch-Site"] = "cross-site";
        log.Write(request);
        Assert.Contains("none (Sec-Fetch-Site: cross-site)", logs.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Allows_HttpOriginOnHttpsOrTwoOrigins_ReturnsFalse()
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("https", new HostString("a.example"));
        request.Headers.Origin = "http://a.example";
        Assert.False(new OriginPolicy(new EngineIOCorsOptions()).IsAllowed(request));
        request.Headers.Origin = new(["https://a.example", "https://a.example"]);
        Assert.False(new OriginPolicy(new EngineIOCorsOptions()).IsAllowed(request));
    }
}
