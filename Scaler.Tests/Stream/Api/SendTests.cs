using System.Collections.Concurrent;
using System.Diagnostics;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests that messages sent over HTTP reach clients on every server.</summary>
public sealed class SendTests(Backends backends) : TwoApiHostsTests(backends)
{
    [Fact]
    public async Task PostMessage_AccountOnTwoServers_ReachesEveryConnection()
    {
        await using var here = await TestClient.ConnectAsync(One.Url, "acme");
        await using var there = await TestClient.ConnectAsync(Two.Url, "acme", polling: true);
        await using var other = await TestClient.ConnectAsync(Two.Url, "acme2");

        (await One.PostAsync("/api/accounts/acme/messages", """{"event":"chat","args":["hello"]}""")).AssertReached(2, 2);
        (await Two.PostAsync("/api/accounts/acme2/messages", """{"event":"end"}""")).AssertReached(1, 1);

        Assert.Equal("""{"event":"chat","args":["hello"]}""", await here.ReadMessageAsync());
        Assert.Equal("""{"event":"chat","args":["hello"]}""", await there.ReadMessageAsync());
        Assert.Equal("""{"event":"end","args":[]}""", await other.ReadMessageAsync());
    }

    [Fact]
    public async Task PostMessage_AccountNotConnected_ReachesNoConnection() =>
        (await One.PostAsync("/api/accounts/unknown/messages", """{"event":"chat"}""")).AssertReached(0, 0);

    [Fact]
    public async Task PostMessage_ToEveryone_ReachesEveryConnection()
    {
        await using var a = await TestClient.ConnectAsync(One.Url, "a");
        await using var b = await TestClient.ConnectAsync(Two.Url, "b");

        (await One.PostAsync("/api/messages", """{"event":"news","args":[1]}""")).AssertReached(2, 2);

        Assert.Equal("""{"event":"news","args":[1]}""", await a.ReadMessageAsync());
        Assert.Equal("""{"event":"news","args":[1]}""", await b.ReadMessageAsync());
    }

    [Fact]
    public async Task PostMessage_Arguments_ReachTheClientAsWritten()
    {
        await using var client = await TestClient.ConnectAsync(Two.Url, "acme");

        const string Args = """[ 1.0,1e400, 12345678901234567890123, "\u0041\ud800", "<é>", null,{"a" : [ ]}]""";
        var utf8 = System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(Args));
        (await One.PostAsync("/api/accounts/acme/messages", $$"""{"args": {{utf8}} , "event":"x\u0079z"}""")).AssertReached(1, 1);

        Assert.Equal(
            """{"event":"xyz","args":[1.0,1e400,12345678901234567890123,"\u0041\ud800","<é>",null,{"a" : [ ]}]}""",
            await client.ReadMessageAsync());
    }

    [Fact]
    public async Task PostMessage_ExceptOnlyAndReceipts_SelectAndCountConnections()
    {
        await using var a = await TestClient.ConnectAsync(One.Url, "acme");
        await using var b = await TestClient.ConnectAsync(Two.Url, "acme");
        await using var c = await TestClient.ConnectAsync(Two.Url, "acme");
        var id = One.Server.Connections.Single().Id;

        (await Two.PostAsync($"/api/accounts/acme/messages?receipts=true&except={id}", """{"event":"except"}""")).AssertReached(2, 1);
        (await Two.PostAsync($"/api/accounts/acme/messages?receipts=true&only={id}", """{"event":"only"}""")).AssertReached(1, 1);
        (await Two.PostAsync($"/api/messages?receipts=true&except={id}", """{"event":"all"}""")).AssertReached(2, 1);

        Assert.Equal("""{"event":"only","args":[]}""", await a.ReadMessageAsync());
        foreach (var client in new[] { b, c })
        {
            Assert.Equal("""{"event":"except","args":[]}""", await client.ReadMessageAsync());
            Assert.Equal("""{"event":"all","args":[]}""", await client.ReadMessageAsync());
        }
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a%2Fb")]
    [InlineData("%")]
    [InlineData("100%25")]
    [InlineData("a b+c")]
    [InlineData("?x=y&z#;:@=$!*'()")]
    [InlineData("grüße 中 😀")]
    [InlineData("...")]
    [InlineData("messages")]
    [InlineData("\\")]
    public async Task AccountRequests_AnyName_AddressThatAccount(string account)
    {
        await using var client = await TestClient.ConnectAsync(Two.Url, account);
        var path = $"/api/accounts/{Uri.EscapeDataString(account)}";

        (await One.PostAsync(path + "/messages", """{"event":"x"}""")).AssertReached(1, 1);
        Assert.Equal(account, (await One.GetAsync(path)).Body.GetProperty("name").GetString());

        Assert.Equal("""{"event":"x","args":[]}""", await client.ReadMessageAsync());
        (await One.DeleteAsync(path)).AssertReached(1, 1);
        await client.Closed.WithTimeout();
    }

    /// <summary>To plain ASP.NET Core routing, these requests send a message to everyone or disconnect a whole account.</summary>
    [Theory]
    [InlineData("POST", "/api/accounts/../messages")]
    [InlineData("POST", "/api/accounts/%2E%2E/messages")]
    [InlineData("POST", "/api/accounts/x/.%2e/%2E./messages")]
    [InlineData("DELETE", "/api/accounts/acme/connections/..")]
    [InlineData("DELETE", "/api/accounts/acme/connections/../")]
    [InlineData("DELETE", "/api/accounts/acme/")]
    [InlineData("DELETE", "/api/accounts/./acme")]
    public async Task Request_DotSegmentOrTrailingSlash_Returns404(string method, string path)
    {
        await using var client = await TestClient.ConnectAsync(One.Url, "acme");
        using var raw = await RawConnection.ConnectAsync(One.Port);

        await raw.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ApiHost.Key}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 13\r\n\r\n{\"event\":\"x\"}");

        Assert.StartsWith("HTTP/1.1 404 ", await raw.ReadHeadersAsync(), StringComparison.Ordinal);
        (await One.PostAsync("/api/accounts/acme/messages", """{"event":"end"}""")).AssertReached(1, 1);
        Assert.Equal("""{"event":"end","args":[]}""", await client.ReadMessageAsync());
    }

    /// <summary>
    /// RFC 9112 section 3.2.2. Kestrel decodes %2F in the absolute form to a slash, so the last case is not a path of the API.
    /// </summary>
    [Theory]
    [InlineData("/api/accounts/acme", 200)]
    [InlineData("/api/accounts/acme?take=1", 200)]
    [InlineData("/api/accounts/acme%2Fconnections", 404)]
    public async Task Request_AbsoluteForm_IsAccepted(string path, int status)
    {
        await using var client = await TestClient.ConnectAsync(One.Url, "acme");
        using var raw = await RawConnection.ConnectAsync(One.Port);

        await raw.SendAsync($"GET {One.Url}{path} HTTP/1.1\r\nHost: 127.0.0.1:{One.Port}\r\nAuthorization: Bearer {ApiHost.Key}\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await raw.ReadHeadersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostMessage_Trace_ContinuesOnTheDeliveringServer()
    {
        var delivered = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Scaler" or "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => delivered.Enqueue($"{activity.OperationName} {activity.TraceId}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var client = await TestClient.ConnectAsync(Two.Url, "acme");
        var trace = ActivityTraceId.CreateRandom();

        var answer = await One.SendAsync(
            HttpMethod.Post, "/api/accounts/acme/messages", """{"event":"x"}""",
            change: request => request.Headers.Add("traceparent", $"00-{trace}-0123456789abcdef-01"));

        answer.AssertReached(1, 1);
        await client.ReadMessageAsync();
        await Deadline.WaitUntilAsync(() => delivered.Contains($"scaler.deliver {trace}"));
    }
}
