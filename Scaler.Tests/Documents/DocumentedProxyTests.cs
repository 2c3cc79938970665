using System.Net;
using System.Net.WebSockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Documents;

/// <summary>Runs the documented configurations of nginx and HAProxy in front of two servers.</summary>
public sealed class DocumentedProxyTests
{
    [ExternalToolTheory("nginx")]
    [InlineData("/stream/", false)]
    [InlineData("/live/stream/", false)]
    [InlineData("/stream/", true)]
    [InlineData("/stream", false)]
    [InlineData("//stream//", false)]
    [InlineData("/live/stream", false)]
    [InlineData("/live//stream//", false)]
    public Task Nginx_DocumentedConfiguration_ServesItsOwnPage(string path, bool losesHost) =>
        AssertServesOwnPageAsync("nginx", path, losesHost);

    [ExternalToolTheory("haproxy")]
    [InlineData("/stream/")]
    [InlineData("/live/stream/")]
    [InlineData("/stream")]
    [InlineData("//stream//")]
    [InlineData("/live//stream//")]
    public Task HAProxy_DocumentedConfiguration_ServesItsOwnPage(string path) => AssertServesOwnPageAsync("haproxy", path, false);

    private static async Task AssertServesOwnPageAsync(string program, string path, bool losesHost)
    {
        string[] arguments = ["--environment", "Production", "--Scaler:Auth:Mode=None", "--Scaler:Proxies:0=127.0.0.1"];
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await StreamProcess.StartAsync(redis.Endpoint, arguments);
        await using var second = await StreamProcess.StartAsync(redis.Endpoint, arguments);
        // HAProxy takes a server out of service for at least 4 s if it is not healthy at the first check.
        await Task.WhenAll(first.WaitUntilHealthyAsync(), second.WaitUntilHealthyAsync());
        var configuration = DocumentSnippet.All().Single(snippet => snippet.Language == program).Code;
        if (losesHost)
        {
            configuration = configuration.Replace("proxy_set_header Host $http_host;", "", StringComparison.Ordinal);
        }

        await using var proxy = await DocumentedProxy.StartAsync(program, configuration, first.Url, second.Url);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, _, _) => certificate?.GetCertHashString() == proxy.Thumbprint;
        using var http = new HttpMessageInvoker(handler);
        var (own, other) = ($"https://localhost:{proxy.Port}", $"https://localhost:{proxy.Port + 1}");

        var (status, body) = await SendAsync(http, HttpMethod.Get, $"{own}{path}?EIO=4&transport=polling&account=acme", own);
        Assert.Equal(HttpStatusCode.OK, status);
        var query = $"?EIO=4&transport=polling&account=acme&sid={EngineTestHost.ParseSid(body)}";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, HttpMethod.Post, own + path + query, own)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(http, HttpMethod.Post, own + path + query, other)).Status);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", own);
        await socket.ConnectAsync(
            new Uri($"wss://localhost:{proxy.Port}{path}?EIO=4&transport=websocket&account=acme"), http, default).WithTimeout();
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMessageInvoker http, HttpMethod method, string url, string origin)
    {
        using var request = new HttpRequestMessage(method, url) { Version = HttpVersion.Version20 };
        request.Headers.Add("Origin", origin);
        request.Content = method == HttpMethod.Post ? new StringContent("4[\"echo\"]") : null;
        using var response = await http.SendAsync(request, default).WithTimeout();
        Assert.Equal(HttpVersion.Version20, response.Version);
        return (response.StatusCode, await response.Content.ReadAsStringAsync().WithTimeout());
    }
}

/// <summary>A theory that needs a proxy and redis-server. Skipped with a reason if a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ExternalToolTheoryAttribute : TheoryAttribute
{
    public ExternalToolTheoryAttribute(string program)
    {
        Program = program;
        Skip = ExternalTool.GetSkipReason(program) ?? ExternalTool.GetSkipReason("redis-server");
    }

    /// <summary>Gets the name of the program.</summary>
    public string Program { get; }
}
