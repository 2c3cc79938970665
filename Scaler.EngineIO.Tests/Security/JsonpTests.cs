using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>
/// Tests which pages may use JSONP. A script load needs no CORS, and its page reads the response. Over plain HTTP, browsers send
/// neither <c>Origin</c> nor <c>Sec-Fetch-Site</c> with it.
/// </summary>
public sealed class JsonpTests
{
    private const string Handshake = "?EIO=4&transport=polling&j=0";
    private const string Listed = "https://app.example.org";

    [Theory]
    [InlineData("?EIO=4&transport=polling&j=0")]
    [InlineData("?EIO=4&transport=polling&j=")]
    [InlineData("?EIO=4&j=7&transport=polling")]
    public async Task Handshake_JsonpByDefault_IsRefusedWithCode3(string query)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        (await host.GetAsync(query)).AssertError(400, 3, "JSONP is disabled");
        (await host.GetAsync(query, ("Sec-Fetch-Site", "same-origin"))).AssertError(400, 3, "JSONP is disabled");
        (await host.GetAsync(query, ("Sec-Fetch-Site", "cross-site"))).AssertError(403, 4, "Origin not allowed");
        await neighbours.AssertUnaffectedAsync();
        Assert.Equal(2, host.Server.Count);
    }

    [Fact]
    public async Task SessionRequest_JsonpByDefault_IsRefusedAndKeepsTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "d=4evil", contentType: "application/x-www-form-urlencoded", more: "&j=0"))
            .AssertError(400, 3, "JSONP is disabled");
        (await host.PollAsync(sid, more: "&j=0")).AssertError(400, 3, "JSONP is disabled");
        (await host.PostAsync(sid, "4mine")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4mine");
        using var socket = await host.ConnectWebSocketAsync(sid, more: "&j=0");
    }

    [Theory]
    [InlineData("http://evil.example/page?x")]
    [InlineData("http://evil.example")]
    [InlineData("https://127.0.0.1.evil.example/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.0.0.1:1@evil.example/")]
    [InlineData("http://evil.example/http://127.0.0.1/")]
    [InlineData("http://evil.example#http://127.0.0.1/")]
    [InlineData("null")]
    [InlineData("about:blank")]
    [InlineData("")]
    public async Task Request_ForeignPageOverPlainHttp_IsRefusedWithoutEffect(string referer)
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.AllowJsonp = true);
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        (string, string)[] headers = referer.Length == 0 ? [] : [("Referer", referer)];
        (await host.GetAsync(Handshake, headers)).AssertError(403, 4, "Origin not allowed");

        var sid = await host.OpenPollingAsync();
        (await host.GetAsync($"{Handshake}&sid={sid}", headers)).AssertError(403, 4, "Origin not allowed");
        (await host.SendAsync(
            HttpMethod.Post, $"{Handshake}&sid={sid}", "d=4evil"u8.ToArray(), "application/x-www-form-urlencoded", headers))
            .AssertError(403, 4, "Origin not allowed");
        (await host.PostAsync(sid, "4mine")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4mine");
        await neighbours.AssertUnaffectedAsync();
        Assert.Equal(3, host.Server.Count);
    }

    [Fact]
    public async Task Session_OwnPageOverPlainHttp_SendsAndReceives()
    {
        await using var host = await EngineTestHost.StartJsonpAsync();
        var handshake = await host.GetAsync(Handshake);
        Assert.Equal(200, handshake.StatusCode);
        var sid = EngineTestHost.ParseSid(handshake.Text.Replace("\\\"", "\"", StringComparison.Ordinal));
        (await host.PostAsync(sid, "d=4mine", contentType: "application/x-www-form-urlencoded", more: "&j=0"))
            .AssertBody(200, "ok");
        (await host.PollAsync(sid, more: "&j=1")).AssertBody(200, "___eio[1](\"4mine\");");
    }

    [Theory]
    // Browsers send Sec-Fetch-Site to secure URLs.
    [InlineData("same-origin", null, null, true)]
    [InlineData("none", null, null, false)]
    [InlineData("same-site", null, null, false)]
    [InlineData("cross-site", null, null, false)]
    [InlineData("cross-site", null, "https://app.example.org/page", true)]
    [InlineData("same-site", null, "https://app.example.org/page", true)]
    [InlineData("cross-site", null, "https://evil.example/https://app.example.org", false)]
    [InlineData("cross-site", null, "http://a.example/page", false)]
    // Over plain HTTP, only the Referer names the page.
    [InlineData(null, null, null, false)]
    [InlineData(null, null, "http://a.example/page", true)]
    [InlineData(null, null, "https://A.EXAMPLE.:443?x", true)]
    [InlineData(null, null, "https://APP.example.org:443/", true)]
    [InlineData(null, null, "http://app.example.org/", false)]
    // Form posts name the page as Origin.
    [InlineData(null, "http://a.example", null, true)]
    [InlineData("cross-site", "https://app.example.org", null, true)]
    [InlineData(null, "null", "http://a.example/page", false)]
    [InlineData("same-origin", "http://evil.example", "http://a.example/page", false)]
    public void AllowsJsonp_ByHeaders_NeedsAKnownPage(string? site, string? origin, string? referer, bool allowed)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Headers.Host) = ("http", "a.example");
        (request.Headers["Sec-Fetch-Site"], request.Headers.Origin, request.Headers.Referer) = (site, origin, referer);
        var options = new EngineIOCorsOptions { Enabled = true };
        options.Origins.Add(Listed);
        Assert.Equal(allowed, new OriginPolicy(options).AllowsJsonp(request));
        options.Origins.Add("*");
        Assert.True(new OriginPolicy(options).AllowsJsonp(request));
    }

    [Fact]
    public void AllowsJsonp_RepeatedHeaders_ReturnsFalse()
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Headers.Host) = ("http", "a.example");
        request.Headers.Referer = new(["http://a.example/", "http://a.example/"]);
        Assert.False(new OriginPolicy(new EngineIOCorsOptions()).AllowsJsonp(request));
        request.Headers.Referer = default;
        request.Headers["Sec-Fetch-Site"] = new(["same-origin", "same-origin"]);
        Assert.False(new OriginPolicy(new EngineIOCorsOptions()).AllowsJsonp(request));
    }

    [Fact]
    public void Write_RefusedJsonp_LogsTheOriginOfTheRefererOnce()
    {
        var logs = new FakeLogger();
        var log = new RefusedOriginLog(logs, new FakeTimeProvider());
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Headers.Host) = ("http", "a.example");
        foreach (var page in new[] { "/one?token=secret", "/two", "/three" })
        {
            request.Headers.Referer = "http://evil.example" + page;
            log.Write(request, isJsonp: true);
        }

        var line = Assert.Single(logs.Collector.GetSnapshot()).Message;
        Assert.StartsWith(
            "Refused the origin http://evil.example (Referer of a JSONP request). ", line, StringComparison.Ordinal);
        request.Headers.Referer = default;
        log.Write(request, isJsonp: true);
        Assert.StartsWith(
            "Refused the origin none (Referer of a JSONP request). ", logs.LatestRecord.Message, StringComparison.Ordinal);
    }
}
