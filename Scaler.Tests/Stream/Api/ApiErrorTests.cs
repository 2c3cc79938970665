using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests that invalid requests are answered with problem details and do not affect clients.</summary>
public sealed class ApiErrorTests(Backends backends) : IClassFixture<Backends>
{
    private const string Messages = "/api/accounts/acme/messages";

    [Theory]
    [InlineData("", "was not provided from body")]
    [InlineData("null", "was not provided from body")]
    [InlineData("x", "'x' is an invalid start of a value")]
    [InlineData("""{"event":"x" """, "depth to be zero")]
    [InlineData("""{"event":"x"} 1""", "'1' is invalid")]
    [InlineData("[]", "could not be converted")]
    [InlineData("{}", "missing required properties including: 'event'")]
    [InlineData("""{"event":""}""", "'event' has 0 characters; it must have 1 to 256")]
    [InlineData("""{"event":null}""", "$.event")]
    [InlineData("""{"event":7}""", "$.event")]
    [InlineData("""{"event":"\ud800"}""", "$.event")]
    [InlineData("""{"event":"x","args":null}""", "$.args")]
    [InlineData("""{"event":"x","args":"y"}""", "$.args")]
    [InlineData("""{"event":"x","args":{}}""", "$.args")]
    [InlineData("""{"event":"x","arg":[]}""", "'arg' could not be mapped")]
    [InlineData("""{"event":"x","event":"y"}""", "Duplicate property 'event'")]
    [InlineData("""{"event":"x","args":[{"b":1,"b":2}]}""", "Duplicate property 'b'")]
    [InlineData("{\"event\":\"\xFF\"}", "$.event")]
    [InlineData("{\"event\":\"x\",\"args\":[\"\xC3\"]}", "'args' is not valid UTF-8")]
    [InlineData("{\"event\":\"x\",\"args\":[{\"\xC3\":1}]}", "'args' is not valid UTF-8")]
    public async Task PostMessage_InvalidBody_Returns400(string body, string words)
    {
        await using var host = await StartAsync();
        await using var client = await TestClient.ConnectAsync(host.Url, "acme");

        foreach (var path in new[] { Messages, "/api/messages" })
        {
            var detail = (await host.PostAsync(path, body)).AssertProblem(400, words);
            Assert.DoesNotContain("Scaler.", detail, StringComparison.Ordinal);
        }

        (await host.PostAsync(Messages, """{"event":"end"}""")).AssertReached(1, 1);
        Assert.Equal("""{"event":"end","args":[]}""", await client.ReadMessageAsync());
        AssertNoErrorLogged(host);
    }

    [Fact]
    public async Task PostMessage_EventOrDepthBeyondTheLimit_Returns400()
    {
        await using var host = await StartAsync();

        (await host.PostAsync(Messages, $$"""{"event":"{{new string('x', 256)}}"}""")).AssertReached(0, 0);
        (await host.PostAsync(Messages, $$"""{"event":"{{new string('x', 257)}}"}""")).AssertProblem(400, "'event' has 257 characters");
        (await host.PostAsync(Messages, $$"""{"event":"x","args":{{new string('[', 100)}}{{new string(']', 100)}}}""")).AssertProblem(400, "depth");
        AssertNoErrorLogged(host);
    }

    [Theory]
    [InlineData("GET", "/api/accounts?take=0", 400, "take must be between 1 and 1000")]
    [InlineData("GET", "/api/accounts?take=1001", 400, "take must be between 1 and 1000")]
    [InlineData("GET", "/api/accounts?take=many", 400, "take")]
    [InlineData("GET", "/api/accounts/acme?take=1001", 400, "take must be between 1 and 1000")]
    [InlineData("GET", "/api/accounts/a%FF", 400, "not valid percent-encoded UTF-8")]
    [InlineData("GET", "/api/accounts/a%C3%A4%01", 400, "control character")]
    [InlineData("DELETE", "/api/accounts/acme/connections/a%ED%A0%80", 400, "not valid percent-encoded UTF-8")]
    [InlineData("GET", "/api/nothing", 404, "no such")]
    [InlineData("GET", "/api", 404, "no such")]
    [InlineData("GET", Messages, 405, "no such method")]
    [InlineData("PUT", "/api/accounts/acme", 405, "no such method")]
    [InlineData("POST", "/api/accounts", 405, "no such method")]
    public async Task Request_InvalidPathQueryOrMethod_IsRefused(string method, string path, int status, string words)
    {
        await using var host = await StartAsync();

        (await host.SendAsync(new HttpMethod(method), path)).AssertProblem(status, words);
        AssertNoErrorLogged(host);
    }

    [Theory]
    [InlineData("/api/messages?only=x", "'only' is not supported here")]
    [InlineData("/api/messages?only=", "'only' is not supported here")]
    [InlineData(Messages + "?only=x&except=y", "cannot be combined")]
    public async Task PostMessage_UnsupportedSelection_Returns400(string path, string words)
    {
        await using var host = await StartAsync();

        (await host.PostAsync(path, """{"event":"x"}""")).AssertProblem(400, words);
    }

    [Fact]
    public async Task Request_NameTooLong_Returns400()
    {
        await using var host = await StartAsync();

        (await host.GetAsync("/api/accounts/" + new string('x', 256))).AssertProblem(404, "no connection");
        (await host.GetAsync("/api/accounts/" + new string('x', 257))).AssertProblem(400, "257 characters; at most 256");
        (await host.GetAsync("/api/accounts?prefix=" + new string('x', 1025))).AssertProblem(400, "1024");
        (await host.PostAsync(Messages + "?only=" + new string('x', 129), """{"event":"x"}""")).AssertProblem(400, "128");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData("")]
    public async Task PostMessage_OtherContentType_Returns415(string contentType)
    {
        await using var host = await StartAsync();

        (await host.SendAsync(HttpMethod.Post, Messages, """{"event":"x"}""", contentType)).AssertProblem(415, "application/json");
    }

    [Fact]
    public async Task PostMessage_CompressedBody_Returns415()
    {
        await using var host = await StartAsync();

        (await host.SendAsync(HttpMethod.Post, Messages, "\x1F\x8B", change: request => request.Content!.Headers.ContentEncoding.Add("gzip")))
            .AssertProblem(415, "Content-Encoding");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PostMessage_BodyTooLarge_Returns413(bool chunked)
    {
        await using var host = await StartAsync(("Scaler:Api:MaxBodySize", "1024"));

        var body = $$"""{"event":"{{new string('x', 2000)}}"}""";
        (await host.SendAsync(HttpMethod.Post, Messages, body, change: request => request.Headers.TransferEncodingChunked = chunked))
            .AssertProblem(413, "Scaler:Api:MaxBodySize");
        AssertNoErrorLogged(host);
    }

    [Fact]
    public async Task Request_TooManyConcurrently_Returns429ForThatKeyOnly()
    {
        const string Another = "another-key-0123456789abcdef-0123456789";
        await using var host = await StartAsync(("Scaler:Api:MaxConcurrentRequests", "1"), ("Scaler:Api:Keys:1", Another));
        using var slow = await RawConnection.ConnectAsync(host.Port);
        await slow.SendAsync($"POST {Messages} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ApiHost.Key}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 13\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await slow.ReadHeadersAsync(), StringComparison.Ordinal);

        (await host.PostAsync(Messages, """{"event":"x"}""")).AssertProblem(429, "MaxConcurrentRequests");
        (await host.SendAsync(HttpMethod.Get, "/api/accounts", change: request => request.Headers.Authorization = new("Bearer", Another)))
            .Body.GetProperty("accounts");

        await slow.SendAsync("""{"event":"x"}""");
        Assert.StartsWith("HTTP/1.1 200 ", await slow.ReadHeadersAsync(), StringComparison.Ordinal);
        await Deadline.WaitUntilAsync(async () => (await host.PostAsync(Messages, """{"event":"x"}""")).Status == 200);
    }

    [Fact]
    public async Task Request_RedisUnavailable_Returns503WithTheResultOfASend()
    {
        await using var host = await ApiHost.StartAsync(UnconnectedRedis.Instance, backends.NewPrefix());
        await using var client = await TestClient.ConnectAsync(host.Url, "acme");

        (await host.GetAsync("/api/accounts")).AssertProblem(503, "Redis is unavailable");
        (await host.GetAsync("/api/accounts/acme")).AssertProblem(503, "Redis is unavailable");
        var answer = await host.PostAsync(Messages, """{"event":"x"}""");
        answer.AssertProblem(503, "Redis is unavailable");
        Assert.Equal(
            """{"connections":1,"servers":1,"unreachable":[],"clusterReached":false,"isComplete":false}""",
            answer.Body.GetProperty("result").ToString());
        Assert.Equal("""{"event":"x","args":[]}""", await client.ReadMessageAsync());
        (await host.DeleteAsync("/api/accounts/unknown")).AssertProblem(503, "Redis is unavailable");
        AssertNoErrorLogged(host);
    }

    private static void AssertNoErrorLogged(ApiHost host) => Assert.DoesNotContain(host.Logs, static record =>
        record.Level >= Microsoft.Extensions.Logging.LogLevel.Error && record.Category?.StartsWith("Scaler.ScalerServer", StringComparison.Ordinal) != true);

    private async Task<ApiHost> StartAsync(params (string Key, string? Value)[] settings) =>
        await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), settings);
}
