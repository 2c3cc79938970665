using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Scaler.Tests.Helpers;
using Scaler.Tests.Security.Auth;

namespace Scaler.Tests.Trimming;

/// <summary>Publishes an application on the packages, trimmed and compiled ahead of time, and runs it.</summary>
[Collection(TrimmingCollection.Name)]
public sealed partial class PublishTests(PublishedSample sample)
{
    private const string Accepted = """{"event":"accepted","args":[{"orderId":"a-3","price":4}]}""";

    public static TheoryData<string> Properties => ["PublishTrimmed", "PublishAot"];

    [PublishTheory]
    [MemberData(nameof(Properties))]
    public async Task Publish_SampleOnPackages_HasNoTrimmingWarnings(string property)
    {
        var output = await sample.PublishAsync(property);

        Assert.DoesNotContain(output.Split('\n'), static line => Warning().IsMatch(line));
        Assert.Equal(property == "PublishTrimmed", File.Exists(sample.GetProgram(property) + ".dll"));
    }

    [PublishTheory]
    [MemberData(nameof(Properties))]
    public async Task Orders_OverPollingAndWebSocket_AreAnsweredOrRaiseErrors(string property)
    {
        await sample.PublishAsync(property);
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await StreamProcess.StartProgramAsync(sample.GetProgram(property), redis.Endpoint);
        await server.WaitUntilHealthyAsync();

        foreach (var transport in (string[])["polling", "websocket"])
        {
            var answer = await NodeRunner.RunAsync("samples/client/order.mjs", server.Url + "/stream/", transport);
            Assert.Equal(Accepted, answer);
        }

        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(2, Count(server, "error::validation order: the first argument is not a valid Order"));
        Assert.Equal(2, Count(server, "error::validation order: an order needs a positive amount"));
    }

    [PublishTheory]
    [MemberData(nameof(Properties))]
    public async Task Session_OfAnotherServer_IsForwarded(string property)
    {
        await sample.PublishAsync(property);
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await StreamProcess.StartProgramAsync(sample.GetProgram(property), redis.Endpoint);
        await using var second = await StreamProcess.StartProgramAsync(sample.GetProgram(property), redis.Endpoint);
        await first.WaitUntilHealthyAsync();
        await second.WaitUntilHealthyAsync();
        using var http = new HttpClient();

        var open = await http.GetStringAsync(new Uri(first.Url + "/stream/?EIO=4&transport=polling&account=acme")).WithTimeout();
        var session = $"{second.Url}/stream/?EIO=4&sid={EngineTestHost.ParseSid(open)}&transport=";
        using var order = new StringContent("""4{"event":"order","args":[{"id":"a-3","amount":2}]}""");
        using var posted = await http.PostAsync(new Uri(session + "polling"), order).WithTimeout();
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        Assert.Equal("4" + Accepted, await http.GetStringAsync(new Uri(session + "polling")).WithTimeout());

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri(session.Replace("http", "ws", StringComparison.Ordinal) + "websocket"), default).WithTimeout();
        await socket.SendAsync("2probe"u8.ToArray(), WebSocketMessageType.Text, true, default).WithTimeout();
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer, default).WithTimeout();
        Assert.Equal("3probe", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [PublishTheory]
    [MemberData(nameof(Properties))]
    public async Task Handshake_WithToken_IsVerified(string property)
    {
        await sample.PublishAsync(property);
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await StreamProcess.StartProgramAsync(
            sample.GetProgram(property), redis.Endpoint, "--Scaler:Auth:Mode=Jwt",
            "--Scaler:Auth:Jwt:SigningKey=" + TestTokens.Secret,
            "--Scaler:Auth:Jwt:Issuer=" + TestTokens.Issuer, "--Scaler:Auth:Jwt:Audience=" + TestTokens.Audience);
        using var http = new HttpClient();
        var url = new Uri(server.Url + "/stream/?EIO=4&transport=polling");

        using var refused = await http.GetAsync(url).WithTimeout();
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        http.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create("acme"));
        using var accepted = await http.GetAsync(url).WithTimeout();
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    private static int Count(StreamProcess server, string line) =>
        server.Output.Split('\n').Count(text => text.Contains(line, StringComparison.Ordinal));

    // The codes of the trimming and AOT analyses, such as "warning IL2026:".
    [GeneratedRegex(@"(warning|error) (IL|SYSLIB)\d+")]
    private static partial Regex Warning();
}
