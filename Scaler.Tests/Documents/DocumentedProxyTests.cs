using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Documents;

/// <summary>Runs the documented configurations of nginx, HAProxy and YARP in front of two servers.</summary>
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

    [RedisServerFact]
    public async Task Yarp_DocumentedConfiguration_ServesItsOwnPage()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await StreamProcess.StartAsync(redis.Endpoint, Arguments);
        await using var second = await StreamProcess.StartAsync(redis.Endpoint, Arguments);
        var configuration = DocumentSnippet.All()
            .Single(static snippet =>
                snippet.Language == "json" && snippet.Code.Contains("ReverseProxy", StringComparison.Ordinal))
            .Code.Replace("http://10.0.0.11:8080", first.Url, StringComparison.Ordinal)
            .Replace("http://10.0.0.12:8080", second.Url, StringComparison.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(configuration)));
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        await using var proxy = builder.Build();
        proxy.MapReverseProxy();
        await proxy.StartAsync();
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        var own = new Uri(proxy.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        await AssertServesOwnPageAsync(http, own, "/stream/", HttpVersion.Version11);
        await AssertServesOwnPageAsync(http, own, "/stream", HttpVersion.Version11);
        await proxy.StopAsync();
    }

    private static string[] Arguments =>
        ["--environment", "Production", "--Scaler:Auth:Mode=None", "--Scaler:Proxies:0=127.0.0.1"];

    private static async Task AssertServesOwnPageAsync(string program, string path, bool losesHost)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await StreamProcess.StartAsync(redis.Endpoint, Arguments);
        await using var second = await StreamProcess.StartAsync(redis.Endpoint, Arguments);
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
        await AssertServesOwnPageAsync(http, new Uri($"https://localhost:{proxy.Port}"), path, HttpVersion.Version20);
    }

    private static async Task AssertServesOwnPageAsync(HttpMessageInvoker http, Uri page, string path, Version version)
    {
        var own = page.GetLeftPart(UriPartial.Authority);
        var other = $"{page.Scheme}://localhost:{page.Port + 1}";
        var (status, body) = await SendAsync(
            http, version, HttpMethod.Get, $"{own}{path}?EIO=4&transport=polling&account=acme", own);
        Assert.Equal(HttpStatusCode.OK, status);
        var session = $"{own}{path}?EIO=4&transport=polling&account=acme&sid={EngineTestHost.ParseSid(body)}";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, version, HttpMethod.Post, session, own)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(http, version, HttpMethod.Post, session, other)).Status);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", own);
        var webSocket = own.Replace("http", "ws", StringComparison.Ordinal);
        await socket.ConnectAsync(
            new Uri($"{webSocket}{path}?EIO=4&transport=websocket&account=acme"), http, default).WithTimeout();
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMessageInvoker http, Version version, HttpMethod method, string url, string origin)
    {
        using var request = new HttpRequestMessage(method, url) { Version = version };
        request.Headers.Add("Origin", origin);
        request.Content = method == HttpMethod.Post ? new StringContent("4[\"echo\"]") : null;
        using var response = await http.SendAsync(request, default).WithTimeout();
        Assert.Equal(version, response.Version);
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
