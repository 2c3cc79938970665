namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests the requests that a server refuses, the error responses, and the order of the checks.</summary>
public sealed class RefusalTests
{
    private static Task<EngineTestHost> StartAsync() => EngineTestHost.StartAsync();

    [Theory]
    [InlineData("?EIO=4")]
    [InlineData("?EIO=4&transport=")]
    [InlineData("?EIO=4&transport=tobi")]
    [InlineData("?EIO=4&transport=POLLING")]
    [InlineData("?EIO=4&TRANSPORT=polling")]
    [InlineData("?EIO=4&transport=constructor")]
    [InlineData("?EIO=4&transport=__proto__")]
    [InlineData("?EIO=4&transport=polling&transport=polling")]
    [InlineData("?EIO=4&transport=tobi&sid=unknown")]
    [InlineData("")]
    public async Task UnknownTransport_IsRefusedWithCode0(string query)
    {
        await using var host = await StartAsync();
        (await host.GetAsync(query)).AssertError(400, 0, "Transport unknown");
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("%00")]
    [InlineData("")]
    [InlineData("a&sid=b")]
    public async Task UnknownSid_IsRefusedWithCode1(string sid)
    {
        await using var host = await StartAsync();
        (await host.GetAsync("?EIO=4&transport=polling&sid=" + sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task UnknownSid_IsCheckedBeforeMethodAndVersion()
    {
        await using var host = await StartAsync();
        (await host.PostAsync("unknown", "4a")).AssertError(400, 1, "Session ID unknown");
        (await host.GetAsync("?EIO=9&transport=polling&sid=unknown")).AssertError(400, 1, "Session ID unknown");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    public async Task MethodsOtherThanGet_WithoutSid_AreRefusedWithCode2(string method)
    {
        await using var host = await StartAsync();
        (await host.SendAsync(new HttpMethod(method), "?EIO=4&transport=polling", null, null)).AssertError(400, 2, "Bad handshake method");
        // The server checks the method before the version.
        (await host.SendAsync(new HttpMethod(method), "?EIO=9&transport=polling", null, null)).AssertError(400, 2, "Bad handshake method");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task MethodsOtherThanGetAndPost_WithSid_AreRefusedAndKeepTheSession(string method)
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.SendAsync(new HttpMethod(method), "?EIO=4&transport=polling&sid=" + sid, null, null)).AssertError(400, 2, "Bad handshake method");
        await host.PostAsync(sid, "4still");
        (await host.PollAsync(sid)).AssertBody(200, "4still");
    }

    [Theory]
    [InlineData(4, "EIO=3&")]
    [InlineData(4, "EIO=9&")]
    [InlineData(4, "")]
    [InlineData(3, "EIO=4&")]
    public async Task LaterRequest_WithAnotherVersionThanTheHandshake_IsRefusedWithCode3AndKeepsTheSession(int version, string other)
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.AllowV3 = true);
        var sid = await host.OpenPollingAsync(version);
        var query = $"?{other}transport=polling&sid={sid}";
        (await host.GetAsync(query)).AssertError(400, 3, "Bad request");
        (await host.SendAsync(HttpMethod.Post, query, "4a"u8.ToArray(), "text/plain")).AssertError(400, 3, "Bad request");
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync(
            $"GET /engine.io/?{other}transport=websocket&sid={sid} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Handler.Messages);
        Assert.Equal(1, host.Server.Count);
    }

    [Theory]
    [InlineData("EIO=3&")]
    [InlineData("")]
    public async Task LaterRequest_OfProtocol3WithOrWithoutVersion_IsAccepted(string version)
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.AllowV3 = true);
        var sid = await host.OpenPollingAsync(3);
        var query = $"?{version}transport=polling&sid={sid}";
        (await host.SendAsync(HttpMethod.Post, query, "2:4a"u8.ToArray(), "text/plain")).AssertBody(200, "ok");
        (await host.GetAsync(query)).AssertBody(200, "2:4a");
    }

    [Fact]
    public async Task Head_WithSid_DoesNotConsumeMessages()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        await host.PostAsync(sid, "4kept");
        Assert.Equal(400, (await host.SendAsync(HttpMethod.Head, "?EIO=4&transport=polling&sid=" + sid, null, null)).StatusCode);
        (await host.PollAsync(sid)).AssertBody(200, "4kept");
    }

    [Fact]
    public async Task WebSocketTransport_WithoutUpgrade_IsRefusedWithCode3()
    {
        await using var host = await StartAsync();
        (await host.GetAsync("?EIO=4&transport=websocket")).AssertError(400, 3, "Bad request");
        var sid = await host.OpenPollingAsync();
        (await host.GetAsync("?EIO=4&transport=websocket&sid=" + sid)).AssertError(400, 3, "Bad request");
    }

    [Fact]
    public async Task Polling_AfterAnUpgrade_IsRefusedWithCode3()
    {
        await using var host = await StartAsync();
        var (sid, socket) = await host.OpenUpgradedAsync();
        using (socket)
        {
            (await host.PollAsync(sid)).AssertError(400, 3, "Bad request");
            (await host.PostAsync(sid, "4a")).AssertError(400, 3, "Bad request");
        }
    }

    [Theory]
    [InlineData("transport=polling")]
    [InlineData("EIO=abc&transport=polling")]
    [InlineData("EIO=04&transport=polling")]
    [InlineData("EIO=9&transport=polling")]
    [InlineData("EIO=3&transport=polling")]
    [InlineData("EIO=&transport=polling")]
    [InlineData("EIO=4&EIO=4&transport=polling")]
    public async Task UnsupportedVersion_IsRefusedWithCode5(string query)
    {
        await using var host = await StartAsync();
        (await host.GetAsync("?" + query)).AssertError(400, 5, "Unsupported protocol version");
    }

    [Theory]
    [InlineData("")]
    [InlineData("EIO=abc&")]
    [InlineData("EIO=3&")]
    public async Task UnsupportedVersion_OnWebSocket_IsRefusedBeforeThe101(string version)
    {
        await using var host = await StartAsync();
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest($"?{version}transport=websocket"));
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
        Assert.Equal("Unsupported protocol version", await socket.Connection.ReadToEndAsync());
    }

    [Theory]
    [InlineData("?EIO=4&transport=tobi", "Transport unknown")]
    [InlineData("?EIO=4&transport=websocket&sid=unknown", "Session ID unknown")]
    [InlineData("?EIO=4&transport=polling", "Bad request")]
    public async Task Upgrade_WithAnInvalidRequest_Returns400(string query, string message)
    {
        await using var host = await StartAsync();
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest(query));
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
        Assert.Equal(message, await socket.Connection.ReadToEndAsync());
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version", "8")]
    [InlineData("Sec-WebSocket-Version", "")]
    [InlineData("Sec-WebSocket-Key", "")]
    [InlineData("Sec-WebSocket-Key", "c2hvcnQ=")]
    [InlineData("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!!!")]
    public async Task Upgrade_WithBadHeaders_IsRefusedBeforeThe101(string header, string value)
    {
        await using var host = await StartAsync();
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket", (header, value)));
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_WithPost_IsRefusedBeforeThe101()
    {
        await using var host = await StartAsync();
        var request = RawWebSocket.BuildRequest("?EIO=4&transport=websocket").Replace("GET ", "POST ", StringComparison.Ordinal);
        using var socket = await RawWebSocket.RequestAsync(host.Port, request);
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?EIO=4&transport=polling&sid=%")]
    [InlineData("?EIO=4&transport=polling&sid=%zz")]
    [InlineData("?EIO=4&transport=polling&sid=%ff")]
    [InlineData("?EIO=%&transport=%")]
    public async Task MalformedEscapes_AreRefusedWithoutAServerError(string query)
    {
        await using var host = await StartAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"GET /engine.io/{query} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorizeAsync_WhenItRefuses_Returns403WithTheMessage()
    {
        await using var host = await EngineTestHost.StartAsync(options =>
            options.AuthorizeAsync = context => ValueTask.FromResult(context.Request.Query["key"] == "bad"
                ? EngineAuthorization.Refuse("no entry: 'bad'")
                : context.Request.Query["key"] == "none" ? EngineAuthorization.BadRequest("a key is required") : EngineAuthorization.Allow));
        (await host.GetAsync("?EIO=4&transport=polling&key=bad")).AssertError(403, 4, "no entry: 'bad'");
        (await host.GetAsync("?EIO=4&transport=polling&key=none")).AssertError(400, 3, "a key is required");
        Assert.Equal(200, (await host.GetAsync("?EIO=4&transport=polling&key=good")).StatusCode);

        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&key=bad"));
        Assert.StartsWith("HTTP/1.1 403 ", socket.ResponseHeaders, StringComparison.Ordinal);
        Assert.Equal("no entry: 'bad'", await socket.Connection.ReadToEndAsync());
        Assert.Equal(1, host.Server.Count);
    }

    [Fact]
    public async Task AuthorizeAsync_WhenItRefusesWithoutAMessage_ReturnsForbidden()
    {
        await using var host = await EngineTestHost.StartAsync(options =>
            options.AuthorizeAsync = _ => ValueTask.FromResult(EngineAuthorization.Refuse()));
        (await host.GetAsync("?EIO=4&transport=polling")).AssertError(403, 4, "Forbidden");
    }

    [Fact]
    public async Task AcceptsHandshakes_WhenFalse_RefusesHandshakesWith503AndKeepsSessions()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        host.Server.AcceptsHandshakes = false;
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        Assert.Equal(503, answer.StatusCode);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        await host.PostAsync(sid, "4a");
        (await host.PollAsync(sid)).AssertBody(200, "4a");
    }

    [Fact]
    public async Task UnknownSessionAsync_WhenItResponds_ReplacesTheError()
    {
        var sids = new List<string>();
        await using var host = await EngineTestHost.StartAsync(options => options.UnknownSessionAsync = async (context, sid) =>
        {
            sids.Add(sid);
            if (sid != "elsewhere")
            {
                return false;
            }

            context.Response.StatusCode = 299;
            await context.Response.Body.WriteAsync("forwarded"u8.ToArray());
            return true;
        });
        (await host.PollAsync("elsewhere")).AssertBody(299, "forwarded");
        (await host.PostAsync("elsewhere", "4a")).AssertBody(299, "forwarded");
        (await host.PollAsync("nowhere")).AssertError(400, 1, "Session ID unknown");
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=elsewhere"));
        Assert.StartsWith("HTTP/1.1 299 ", socket.ResponseHeaders, StringComparison.Ordinal);
        // The server checks the transport before it calls the hook.
        (await host.GetAsync("?EIO=4&transport=tobi&sid=elsewhere")).AssertError(400, 0, "Transport unknown");
        Assert.Equal(["elsewhere", "elsewhere", "nowhere", "elsewhere"], sids);
    }

    [Fact]
    public async Task ValidateSessionRequest_WhenFalse_Returns403AndKeepsTheSession()
    {
        await using var host = await EngineTestHost.StartAsync(options =>
            options.ValidateSessionRequest = static (context, session) =>
                ValueTask.FromResult(context.Request.Query["who"] == session.Handshake.Query["who"]));
        var sid = await host.OpenPollingAsync(more: "&who=me");
        (await host.PollAsync(sid, more: "&who=you")).AssertError(403, 4, "Forbidden");
        (await host.PostAsync(sid, "4a", more: "&who=you")).AssertError(403, 4, "Forbidden");
        (await host.PostAsync(sid, "4mine", more: "&who=me")).AssertBody(200, "ok");
        (await host.PollAsync(sid, more: "&who=me")).AssertBody(200, "4mine");
    }

    [Fact]
    public async Task OnConnectionError_IsCalledForEachRefusedRequest()
    {
        var errors = new List<(int, string)>();
        await using var host = await EngineTestHost.StartAsync(options =>
            options.OnConnectionError =
                error => errors.Add((error.Code, error.Message + " " + error.HttpContext.Request.Method)));
        await host.GetAsync("?EIO=4&transport=tobi");
        await host.PostAsync("unknown", "4a");
        Assert.Equal([(0, "Transport unknown GET"), (1, "Session ID unknown POST")], errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("throw")]
    public async Task GenerateId_WhenItReturnsNoIdOrThrows_IsRefusedWithCode3(string id)
    {
        await using var host = await EngineTestHost.StartAsync(options =>
            options.GenerateId = _ => id.Length == 0 ? id : throw new InvalidOperationException());
        host.AllowsErrors = true;
        (await host.GetAsync("?EIO=4&transport=polling")).AssertError(400, 3, "Bad request");
    }

    [Fact]
    public async Task GenerateId_WhenItRepeatsAnId_DoesNotReplaceTheSession()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.GenerateId = _ => "same");
        Assert.Equal("same", await host.OpenPollingAsync());
        (await host.GetAsync("?EIO=4&transport=polling")).AssertError(400, 3, "Bad request");
        await host.PostAsync("same", "4first");
        (await host.PollAsync("same")).AssertBody(200, "4first");
    }
}
