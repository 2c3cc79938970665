using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>Tests that the session id of a request is removed from its URL before the host logs it.</summary>
public sealed class SessionIdSecrecyTests
{
    [Theory]
    [InlineData("?EIO=4&transport=polling&sid=s1", "?EIO=4&transport=polling", "s1")]
    [InlineData("?sid=s1&EIO=4", "?EIO=4", "s1")]
    [InlineData("?EIO=4&sid=s1&t=x", "?EIO=4&t=x", "s1")]
    [InlineData("?sid=s1", "", "s1")]
    [InlineData("?sid=", "", "")]
    [InlineData("?sid", "", "")]
    [InlineData("?a=%20&sid=s%2B1&b=c+d", "?a=%20&b=c+d", "s+1")]
    [InlineData("?s%69d=s1&a=1", "?a=1", "s1")]
    [InlineData("?a=1&%73id=s1", "?a=1", "s1")]
    [InlineData("?sid=s1&a=1&sid=s2", "?a=1", "")]
    [InlineData("?EIO=4&SID=s1&side=1", "?EIO=4&SID=s1&side=1", null)]
    [InlineData("", "", null)]
    public void Remove_Query_KeepsTheOtherParameters(string query, string rest, string? sid)
    {
        var request = new HttpRequestFeature { QueryString = query, RawTarget = "/engine.io/" + query };

        var feature = SessionIdFeature.Remove(request);

        Assert.Equal(sid, feature?.SessionId);
        Assert.Equal(rest, request.QueryString);
        Assert.Equal("/engine.io/" + rest, request.RawTarget);
        Assert.True(feature is null || feature.QueryString == query);
    }

    [Theory]
    [InlineData("/engine.io/")]
    [InlineData("/engine.io")]
    [InlineData("/engine.io//")]
    [InlineData("//engine.io/")]
    [InlineData("///Engine.IO///")]
    public async Task Requests_OfASession_WriteNoSessionIdToAnyLog(string path)
    {
        using var logs = new FakeLoggerProvider();
        await using var host = await EngineTestHost.StartAsync(
            services: services => services.AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace)));
        var sid = await host.OpenPollingAsync();

        var session = new Uri($"http://127.0.0.1:{host.Port}{path}?EIO=4&transport=polling&sid={sid}");
        using var content = new StringContent("4hi");
        using var post = await host.Client.PostAsync(session, content).WithTimeout();
        Assert.Equal("4hi", await host.Client.GetStringAsync(session).WithTimeout());
        var upgrade = RawWebSocket.BuildRequest($"?EIO=4&transport=websocket&sid={sid}")
            .Replace("/engine.io/", path, StringComparison.Ordinal);
        using var socket = await RawWebSocket.RequestAsync(host.Port, upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);

        var written = logs.Collector.GetSnapshot()
            .Select(static record => $"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}").ToList();
        Assert.Contains(written, static line => line.Contains("Request starting", StringComparison.Ordinal));
        Assert.DoesNotContain(written, line => line.Contains(sid, StringComparison.Ordinal));
    }
}
