using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests the spellings of an endpoint's path that clients and proxies build.</summary>
public sealed class PathSpellingTests
{
    /// <summary>Gets path, request path and path base of the application.</summary>
    public static TheoryData<string, string, string> Spellings => new()
    {
        { "/stream/", "/stream", "" },
        { "/stream/", "/stream/", "" },
        { "/stream/", "/stream//", "" },
        { "/stream/", "/stream///", "" },
        { "/stream/", "//stream/", "" },
        { "/stream/", "///STREAM//", "" },
        { "/stream/", "/str%65am//", "" },
        { "/stream/", "/x/..//stream/", "" },
        { "/stream/", "/live/stream/", "/live" },
        { "/stream/", "/Live/stream", "/live" },
        { "/stream/", "/live//stream//", "/live" },
        { "/stream/", "//live/stream/", "/live" },
        { "/stream/", "//stream/", "/live" },
        { "/realtime", "/realtime/", "" },
        { "realtime", "//Realtime//", "" },
        { "/a/b/", "/a/b", "" },
        { "/a/b/", "//a//B///", "" },
        { "/", "/", "" },
        { "/", "//", "" },
        { "/{tenant}/stream/", "/acme//stream//", "" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Requests_WithAnySpelling_ReachTheEndpoint(string path, string spelling, string pathBase)
    {
        await using var host = await StartAsync(path, pathBase);
        foreach (var version in new[] { 4, 3 })
        {
            var query = $"{spelling}?EIO={version}&transport=polling";
            var sid = EngineTestHost.ParseSid(await SendAsync(host, "GET", query));
            var packet = version == 4 ? "4hi" : "3:4hi";
            Assert.Equal("ok", await SendAsync(host, "POST", $"{query}&sid={sid}", packet));
            Assert.Equal(packet, await SendAsync(host, "GET", $"{query}&sid={sid}"));
            Assert.Equal("ok", await SendAsync(host, "POST", $"{query}&sid={sid}&j=1", "d=" + packet));
            Assert.Equal($"___eio[1](\"{packet}\");", await SendAsync(host, "GET", $"{query}&sid={sid}&j=1"));
            using var upgrade = await ConnectAsync(host, $"{spelling}?EIO={version}&transport=websocket&sid={sid}");
            await upgrade.SendTextAsync("2probe");
            Assert.Equal("3probe", await upgrade.ReadTextAsync());
            using var socket = await ConnectAsync(host, $"{spelling}?EIO={version}&transport=websocket");
            Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/stream%2F")]
    [InlineData("/%2Fstream/")]
    [InlineData("/stream%2F/")]
    [InlineData("/stream%5C")]
    [InlineData("/streams/")]
    [InlineData("/astream/")]
    [InlineData("/stream/x/")]
    [InlineData("/a%2Fstream/")]
    public async Task Request_ToAnotherPath_DoesNotReachTheEndpoint(string path)
    {
        await using var host = await StartAsync("/stream/", "");
        var answer = await SendAsync(host, "GET", path + "?EIO=4&transport=polling", status: "404");
        Assert.Equal("", answer);
    }

    [Theory]
    [InlineData("/files//a///b//")]
    [InlineData("//files/stream/x")]
    [InlineData("/streams//")]
    [InlineData("//")]
    public async Task Request_ToAPathOfTheApplication_KeepsItsSlashes(string path)
    {
        await using var host = await StartAsync(
            "/stream/", "", static context => context.Response.WriteAsync(context.Request.Path));
        Assert.Equal(path, await SendAsync(host, "GET", path + "?sid=s1"));
    }

    [Theory]
    [InlineData("/stream")]
    [InlineData("/stream//")]
    [InlineData("//Stream/")]
    public async Task Requests_OverHttp2_ReachTheEndpointWithAnySpelling(string spelling)
    {
        await using var host = await StartAsync("/stream/", "", protocols: HttpProtocols.Http2);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var url = $"{host.Urls.First()}{spelling}?EIO=4&transport=";
        var sid = EngineTestHost.ParseSid(await http.GetStringAsync(new Uri(url + "polling")).WithTimeout());
        using var content = new StringContent("4hi");
        using var post = await http.PostAsync(new Uri($"{url}polling&sid={sid}"), content).WithTimeout();
        Assert.Equal(HttpStatusCode.OK, post.StatusCode);
        Assert.Equal("4hi", await http.GetStringAsync(new Uri($"{url}polling&sid={sid}")).WithTimeout());

        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var upgrade = new Uri($"{url.Replace("http", "ws", StringComparison.Ordinal)}websocket&sid={sid}");
        await socket.ConnectAsync(upgrade, http, CancellationToken.None).WithTimeout();
        await socket.SendAsync("2probe"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None).WithTimeout();
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WithTimeout();
        Assert.Equal("3probe", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a%2F/b", "/a%2F/b")]
    [InlineData("", "")]
    public void CollapseSlashes_Path_KeepsOneSlashOfEachRun(string path, string expected) =>
        Assert.Equal(expected, EndpointPaths.CollapseSlashes(path));

    [Fact]
    public void Contains_PathOfANamedServer_IsNotOfTheUnnamedServer()
    {
        var paths = new EndpointPaths();
        paths.Add("/chat", "chat");
        paths.Add("/stream");
        Assert.True(paths.Contains("//chat//") && paths.Contains("/stream//"));
        Assert.False(paths.ContainsUnnamed("//chat//"));
        Assert.True(paths.ContainsUnnamed("/live//stream"));
        Assert.False(paths.Contains("stream"));
    }

    private static async Task<WebApplication> StartAsync(
        string path, string pathBase, RequestDelegate? fallback = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Logging.ClearProviders();
        builder.Services.AddEngineIO<EngineTestHandler>(
            static options => (options.AllowV3, options.AllowJsonp, options.OpenPacketDelay) = (true, true, TimeSpan.Zero));
        var application = builder.Build();
        if (pathBase.Length > 0)
        {
            application.UsePathBase(pathBase);
            application.UseRouting();
        }

        application.MapEngineIO(path);
        if (fallback is not null)
        {
            application.Run(fallback);
        }

        await application.StartAsync().WithTimeout();
        return application;
    }

    private static async Task<string> SendAsync(
        WebApplication host, string method, string target, string body = "", string status = "200")
    {
        using var connection = await RawConnection.ConnectAsync(new Uri(host.Urls.First()).Port);
        var type = body.StartsWith("d=", StringComparison.Ordinal) ? "application/x-www-form-urlencoded" : "text/plain";
        await connection.SendAsync(
            $"{method} {target} HTTP/1.1\r\nHost: a\r\nReferer: http://a/page\r\nConnection: close\r\n"
            + $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var head = await connection.ReadHeadersAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Location:", head, StringComparison.OrdinalIgnoreCase);
        var text = await connection.ReadToEndAsync();
        return head.Contains("chunked", StringComparison.Ordinal) ? text.Split("\r\n")[1] : text;
    }

    private static async Task<RawWebSocket> ConnectAsync(WebApplication host, string target)
    {
        var request = RawWebSocket.BuildRequest("").Replace("/engine.io/", target, StringComparison.Ordinal);
        var socket = await RawWebSocket.RequestAsync(new Uri(host.Urls.First()).Port, request);
        Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
        return socket;
    }
}
