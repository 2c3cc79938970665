using System.Net;
using Microsoft.AspNetCore.Builder;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>
/// Tests that each spelling of the endpoint's path is forwarded: over a peer connection, over HTTP, and as a WebSocket.
/// </summary>
public sealed class PeerPathTests(Backends backends) : IClassFixture<Backends>
{
    [Theory]
    [InlineData("/stream/", "/stream", "")]
    [InlineData("/stream/", "/stream//", "")]
    [InlineData("/stream/", "//Stream///", "")]
    [InlineData("/stream/", "/live/stream/", "/live")]
    [InlineData("/stream/", "//live//stream//", "/live")]
    [InlineData("/stream/", "//stream/", "/live")]
    [InlineData("/a/b/", "//a//b", "")]
    [InlineData("/realtime", "/realtime//", "")]
    [InlineData("/rü/", "//r%C3%BC//", "")]
    public async Task Forward_AnySpelling_ReachesTheSession(string path, string spelling, string pathBase)
    {
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync(prefix, "one", path, pathBase);
        await using var two = await StartAsync(prefix, "two", path, pathBase);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var open = await http.GetStringAsync(new Uri($"{one.Url}{spelling}?EIO=4&transport=polling&account=acme")).WithTimeout();
        var sid = EngineTestHost.ParseSid(open);
        var target = $"{spelling}?EIO=4&transport=polling&account=acme&sid={sid}";
        foreach (var isChunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(two.Url + target));
            request.Content = new StringContent("""4{"event":"echo"}""");
            request.Headers.TransferEncodingChunked = isChunked;
            using var answer = await http.SendAsync(request).WithTimeout();
            Assert.Equal((HttpStatusCode.OK, "ok"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            Assert.Equal("""4{"event":"echo"}""", await http.GetStringAsync(new Uri(two.Url + target)).WithTimeout());
        }

        target = target.Replace("polling", "websocket", StringComparison.Ordinal);
        var upgrade = RawWebSocket.BuildRequest("").Replace("/engine.io/", target, StringComparison.Ordinal);
        using var socket = await RawWebSocket.RequestAsync(new Uri(two.Url).Port, upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());

        // A streamed request is counted after its response has ended, so the WebSocket is not counted yet.
        await Deadline.WaitUntilAsync(() => two.ForwardedRequests.Count() == 4);
        Assert.Equal(
            ["http forwarded", "peer forwarded", "peer forwarded", "peer forwarded"],
            two.ForwardedRequests.Order(StringComparer.Ordinal));
    }

    private async Task<PeerHost> StartAsync(string prefix, string id, string path, string pathBase) => await PeerHost.StartAsync(
        await backends.ConnectAsync(Backend.Garnet), prefix, id,
        options =>
        {
            options.Path = path;

            // A busy test machine must not look like an unreachable server.
            options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
        },
        app =>
        {
            if (pathBase.Length > 0)
            {
                app.UsePathBase(pathBase);
                app.UseRouting();
            }
        });
}
