using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests cookies, CORS, HTTP compression, JSONP, and the header hooks.</summary>
public sealed class HeaderTests
{
    private const string Origin = "https://app.example.org";

    private static Task<EngineTestHost> StartCorsAsync() => EngineTestHost.StartAsync(static options =>
    {
        options.Cors.Enabled = true;
        options.Cors.Origins.Add(Origin);
        options.Cors.Credentials = true;
        options.MaxPayload = 1000;
    });

    [Fact]
    public async Task Cookie_WhenEnabled_IsSetByPollingHandshakesOnly()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.Cookie.Enabled = true);
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        var sid = EngineTestHost.ParseSid(answer.Text);
        Assert.Equal($"io={sid}; path=/; samesite=lax; httponly", answer.Header("Set-Cookie"));
        Assert.Null((await host.PostAsync(sid, "4a")).Header("Set-Cookie"));
        Assert.Null((await host.PollAsync(sid)).Header("Set-Cookie"));
        using var socket = await host.ConnectWebSocketAsync();
        Assert.DoesNotContain("Set-Cookie", socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookie_WhenDisabled_IsNotSet()
    {
        await using var host = await EngineTestHost.StartAsync();
        Assert.Null((await host.GetAsync("?EIO=4&transport=polling")).Header("Set-Cookie"));
    }

    [Fact]
    public async Task Cors_WhenDisabled_SendsNoHeaders()
    {
        await using var host = await EngineTestHost.StartAsync();
        var own = ("Origin", $"http://127.0.0.1:{host.Port}");
        var answer = await host.GetAsync("?EIO=4&transport=polling", own);
        Assert.Equal(200, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers.Keys, static name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        (await host.SendAsync(HttpMethod.Options, "?EIO=4&transport=polling", null, null, own, ("Access-Control-Request-Method", "POST")))
            .AssertError(400, 2, "Bad handshake method");
    }

    [Theory]
    [InlineData("?EIO=4&transport=polling")]
    [InlineData("?EIO=4&transport=polling&sid=unknown")]
    public async Task Cors_Preflight_Returns204WithoutASession(string query)
    {
        await using var host = await StartCorsAsync();
        var answer = await host.SendAsync(
            HttpMethod.Options, query, null, null,
            ("Origin", Origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));
        Assert.Equal(204, answer.StatusCode);
        Assert.Equal(Origin, answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("true", answer.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("content-type", answer.Header("Access-Control-Allow-Headers"));
        Assert.Contains("POST", answer.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task Cors_ErrorAnd101Responses_HaveTheHeaders()
    {
        await using var host = await StartCorsAsync();
        Assert.Equal(Origin, (await host.GetAsync("?transport=tobi", ("Origin", Origin))).Header("Access-Control-Allow-Origin"));
        var sid = await host.OpenPollingAsync();
        var answer = await host.SendAsync(
            HttpMethod.Post, "?EIO=4&transport=polling&sid=" + sid, new byte[1001], null, ("Origin", Origin));
        Assert.Equal((413, Origin), (answer.StatusCode, answer.Header("Access-Control-Allow-Origin")));
        using var socket = await host.ConnectWebSocketAsync(headers: [("Origin", Origin)]);
        Assert.Contains("Access-Control-Allow-Origin: " + Origin, socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>CVE-2020-28481: the server allowed every origin.</summary>
    [Fact]
    public async Task Cve202028481_AnotherOrigin_IsNotAllowed()
    {
        await using var host = await StartCorsAsync();
        Assert.Null((await host.GetAsync("?EIO=4&transport=polling", ("Origin", "https://evil.example"))).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Cors_WithEveryOption_SendsTheConfiguredHeaders()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.Cors.Enabled = true;
            options.Cors.Origins.Add("*");
            options.Cors.Methods.Add("GET");
            options.Cors.AllowedHeaders.Add("x-one");
            options.Cors.ExposedHeaders.Add("x-two");
            options.Cors.MaxAge = TimeSpan.FromMinutes(1);
        });
        Assert.Equal("x-two", (await host.GetAsync("?EIO=4&transport=polling", ("Origin", Origin))).Header("Access-Control-Expose-Headers"));
        var preflight = await host.SendAsync(
            HttpMethod.Options, "", null, null,
            ("Origin", Origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-one"));
        Assert.Equal("*", preflight.Header("Access-Control-Allow-Origin"));
        Assert.Equal("x-one", preflight.Header("Access-Control-Allow-Headers"));
        Assert.Equal("60", preflight.Header("Access-Control-Max-Age"));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "deflate")]
    [InlineData("gzip, deflate, br", "gzip")]
    [InlineData("gzip;q=0.5, deflate", "deflate")]
    [InlineData("gzip;q=0, deflate;q=0.1", "deflate")]
    [InlineData("*", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("gzip;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("br", null)]
    [InlineData(";;;", null)]
    [InlineData(null, null)]
    public async Task Compression_FollowsAcceptEncoding(string? accepted, string? encoding)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var packet = "4" + new string('x', 1023);
        await host.PostAsync(sid, packet);
        var query = "?EIO=4&transport=polling&sid=" + sid;
        var answer = await (accepted is null ? host.GetAsync(query) : host.GetAsync(query, ("Accept-Encoding", accepted)));
        Assert.Equal(encoding, answer.Header("Content-Encoding"));
        using var body = new MemoryStream(answer.Bytes);
        using System.IO.Stream plain = encoding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        Assert.Equal(packet, await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData(1022, EngineSendFlags.None)]
    [InlineData(2000, EngineSendFlags.NoCompression)]
    public async Task Compression_BelowTheThresholdOrWithNoCompression_IsNotUsed(int length, EngineSendFlags flags)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        await (await host.Handler.WaitForOpenedAsync()).SendAsync(new string('x', length), flags);
        var answer = await host.GetAsync("?EIO=4&transport=polling&sid=" + sid, ("Accept-Encoding", "gzip"));
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Equal(length + 1, answer.Bytes.Length);
    }

    [Fact]
    public async Task Compression_WhenDisabled_IsNotUsed()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.HttpCompression.Enabled = false);
        var sid = await host.OpenPollingAsync();
        await host.PostAsync(sid, "4" + new string('x', 2000));
        Assert.Null((await host.GetAsync("?EIO=4&transport=polling&sid=" + sid, ("Accept-Encoding", "gzip"))).Header("Content-Encoding"));
    }

    [Fact]
    public async Task HeaderHooks_InitialAndEveryResponse_AddTheirHeaders()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.OnInitialHeaders = static (headers, _) => headers["X-Initial"] = "1";
            options.OnHeaders = static (headers, context) => headers["X-Every"] = context.Request.Method;
        });
        var handshake = await host.GetAsync("?EIO=4&transport=polling");
        Assert.Equal(("1", "GET"), (handshake.Header("X-Initial"), handshake.Header("X-Every")));
        var sid = EngineTestHost.ParseSid(handshake.Text);
        var post = await host.PostAsync(sid, "4a");
        Assert.Equal((null, "POST"), (post.Header("X-Initial"), post.Header("X-Every")));
        var poll = await host.PollAsync(sid);
        Assert.Equal((null, "GET"), (poll.Header("X-Initial"), poll.Header("X-Every")));
        using var socket = await host.ConnectWebSocketAsync();
        Assert.Contains("X-Initial: 1", socket.ResponseHeaders, StringComparison.Ordinal);
        Assert.Contains("X-Every: GET", socket.ResponseHeaders, StringComparison.Ordinal);
        using var upgrade = await host.ConnectWebSocketAsync(sid);
        Assert.DoesNotContain("X-Initial", upgrade.ResponseHeaders, StringComparison.Ordinal);
        Assert.Contains("X-Every: GET", upgrade.ResponseHeaders, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryResponse_ForbidsContentSniffing()
    {
        await using var host = await StartCorsAsync();
        const string Handshake = "?EIO=4&transport=polling";
        var handshake = await host.GetAsync(Handshake);
        var sid = EngineTestHost.ParseSid(handshake.Text);
        EngineResponse[] responses =
        [
            handshake, await host.PostAsync(sid, "4a"), await host.PollAsync(sid), await host.GetAsync("?EIO=4&transport=x"),
            await host.GetAsync(Handshake, ("Origin", "https://evil.example")), await host.GetAsync(Handshake + "&sid=none"),
            await host.SendAsync(HttpMethod.Options, Handshake, null, null, ("Origin", Origin)),
            await host.PostAsync(sid, new string('x', 2000)),
        ];
        Assert.Equal([200, 200, 200, 400, 403, 400, 204, 413], responses.Select(static response => response.StatusCode));
        Assert.All(responses, static response => Assert.Equal("nosniff", response.Header("X-Content-Type-Options")));
        using var socket = await host.ConnectWebSocketAsync();
        Assert.Contains("X-Content-Type-Options: nosniff", socket.ResponseHeaders, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jsonp_WrapsPollsAndUnwrapsPosts()
    {
        await using var host = await EngineTestHost.StartJsonpAsync();
        var handshake = await host.GetAsync("?EIO=4&transport=polling&j=0");
        Assert.StartsWith("___eio[0](\"0{\\\"sid\\\":", handshake.Text, StringComparison.Ordinal);
        Assert.EndsWith("}\");", handshake.Text, StringComparison.Ordinal);
        Assert.Equal("text/javascript; charset=UTF-8", handshake.Header("Content-Type"));
        var sid = EngineTestHost.ParseSid(handshake.Text.Replace("\\\"", "\"", StringComparison.Ordinal));

        // JSONP clients send a newline as \n, and a literal backslash followed by n as \\n.
        var form = "d=" + Uri.EscapeDataString("4a\\nb\\\\nc \u2028\u2029€<\"\\\x1ebAQID");
        (await host.PostAsync(sid, form, contentType: "application/x-www-form-urlencoded", more: "&j=0")).AssertBody(200, "ok");
        var poll = await host.PollAsync(sid, more: "&j=12");
        Assert.StartsWith("___eio[12](\"", poll.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2028', poll.Text);
        Assert.DoesNotContain('\u2029', poll.Text);
        var content = JsonSerializer.Deserialize<string>(poll.Text["___eio[12](".Length..^2]);
        Assert.Equal("4a\nb\\nc \u2028\u2029€<\"\\\x1ebAQID", content);
    }

    [Fact]
    public async Task Jsonp_IndexWithOtherCharacters_KeepsOnlyItsDigits()
    {
        await using var host = await EngineTestHost.StartJsonpAsync();
        Assert.StartsWith("___eio[12](\"", (await host.GetAsync("?EIO=4&transport=polling&j=1];alert(2)//")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x=4a")]
    public async Task Jsonp_PostWithoutTheDataField_IsRefusedWithCode3(string form)
    {
        await using var host = await EngineTestHost.StartJsonpAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, form, contentType: "application/x-www-form-urlencoded", more: "&j=0")).AssertError(400, 3, "Bad request");
    }

    [Fact]
    public async Task Cookie_WithEveryOption_HasTheConfiguredAttributes()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.Cookie.Enabled = true;
            options.Cookie.Name = "route";
            options.Cookie.Path = "/x";
            options.Cookie.HttpOnly = false;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.Secure = true;
            options.Cookie.Domain = "example.org";
            options.Cookie.MaxAge = TimeSpan.FromHours(1);
        });
        var cookie = (await host.GetAsync("?EIO=4&transport=polling")).Header("Set-Cookie")!;
        Assert.StartsWith("route=", cookie, StringComparison.Ordinal);
        Assert.EndsWith("; max-age=3600; domain=example.org; path=/x; secure; samesite=strict", cookie, StringComparison.Ordinal);
    }
}
