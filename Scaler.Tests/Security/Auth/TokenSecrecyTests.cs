using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scaler.ServiceDefaults;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Auth;

/// <summary>Tests that a token and a session id in the query appear in no log, trace or URL, and in no data for Admin.</summary>
public sealed class TokenSecrecyTests(Backends backends) : IClassFixture<Backends>
{
    [Theory]
    [InlineData("/stream/")]
    [InlineData("/stream")]
    [InlineData("/stream//")]
    [InlineData("//stream/")]
    [InlineData("///STREAM///")]
    [InlineData("/live//stream/")]
    public async Task Secrets_InTheQuery_AppearInNoLogTraceOrUrl(string path)
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => spans.Enqueue(
                $"{activity.Source.Name} {activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(static e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        var logs = new FakeLoggerProvider();
        var urls = new ConcurrentQueue<string>();
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync("one", prefix, logs, urls);
        await using var two = await StartAsync("two", prefix, logs, urls);
        var token = TestTokens.Create("acme");
        using var http = new HttpClient();

        // A handshake, local and forwarded requests, a refused request, and a WebSocket.
        var query = $"{path}?EIO=4&transport=polling&access_token={token}&account=acme";
        var open = await http.GetStringAsync(new Uri(one.Urls.First() + query)).WithTimeout();
        var sid = open.Split("\"sid\":\"")[1].Split('"')[0];
        foreach (var app in new[] { one, two })
        {
            using var content = new StringContent("""4{"event":"echo"}""");
            using var post = await http.PostAsync(new Uri($"{app.Urls.First()}{query}&sid={sid}"), content).WithTimeout();
            Assert.Equal("ok", await post.Content.ReadAsStringAsync());
            Assert.Equal("""4{"event":"echo"}""", await http.GetStringAsync(new Uri($"{app.Urls.First()}{query}&sid={sid}")).WithTimeout());
        }

        // An upgrade that is forwarded over HTTP.
        var upgraded = EngineTestHost.ParseSid(await http.GetStringAsync(new Uri(one.Urls.First() + query)).WithTimeout());
        var target = $"{query.Replace("polling", "websocket", StringComparison.Ordinal)}&sid={upgraded}";
        var upgrade = RawWebSocket.BuildRequest("").Replace("/engine.io/", target, StringComparison.Ordinal);
        using (var socket = await RawWebSocket.RequestAsync(new Uri(two.Urls.First()).Port, upgrade))
        {
            Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
            await socket.SendTextAsync("2probe");
            Assert.Equal("3probe", await socket.ReadTextAsync());
        }

        var other = new Uri($"{one.Urls.First()}{path}?EIO=4&transport=polling&account=other&access%5Ftoken={token}");
        using var refused = await http.GetAsync(other).WithTimeout();
        Assert.Equal(403, (int)refused.StatusCode);
        await using (await TestClient.ConnectAsync(two.Urls.First(), "acme", more: "&access_token=" + token, path: path))
        {
            var connections = await one.Services.GetRequiredService<ScalerServer>().Cluster.GetConnectionsAsync("acme");
            Assert.Equal(3, connections.Count);
            Assert.DoesNotContain(token, string.Join(' ', connections), StringComparison.Ordinal);
        }

        await one.StopAsync();
        await two.StopAsync();

        var written = logs.Collector.GetSnapshot().Select(static record => $"{record.Category} {record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}").ToList();

        // ASP.NET Core and HttpClient have recorded each request, so a token that leaked would be found.
        Assert.Contains(written, static line => line.Contains("Request starting", StringComparison.Ordinal) && line.Contains("account=acme", StringComparison.Ordinal));
        Assert.Contains(spans, static span => span.StartsWith("Microsoft.AspNetCore ", StringComparison.Ordinal));
        Assert.Contains(spans, static span => span.StartsWith("System.Net.Http", StringComparison.Ordinal));

        // The logs of HTTP clients are excluded: the client of this test sends the secrets itself, and the clients of the servers
        // send forwards.
        Assert.NotEmpty(urls);
        foreach (var secret in new[] { token, sid, upgraded })
        {
            Assert.DoesNotContain(
                written.Where(static line => !line.StartsWith("System.Net.Http", StringComparison.Ordinal)),
                line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(spans, span => span.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(urls, url => url.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task RefusedTokens_FaultsOfTheClient_AreLoggedWithoutAStack()
    {
        var logs = new FakeLoggerProvider();
        await using var app = await StartAsync("one", backends.NewPrefix(), logs, new());
        using var http = new HttpClient();
        var expired = TestTokens.Create("acme", change: static token => token.Expires = token.NotBefore!.Value.AddSeconds(1));
        var valid = TestTokens.Create("acme");
        foreach (var (token, status) in new[] { ("x", 403), ("a.b.c", 403), (valid[..^3], 403), (expired, 403), (valid, 200) })
        {
            using var response = await http.GetAsync(
                new Uri($"{app.Urls.First()}/stream/?EIO=4&transport=polling&account=acme&access_token={token}")).WithTimeout();
            Assert.Equal(status, (int)response.StatusCode);
        }

        Assert.All(logs.Collector.GetSnapshot(), static record => Assert.Null(record.Exception));
    }

    private async Task<WebApplication> StartAsync(string id, string prefix, FakeLoggerProvider logs, ConcurrentQueue<string> urls)
    {
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--environment", "Production"]);
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs).AddFilter("Microsoft.AspNetCore", LogLevel.Trace);
        builder.Services.AddSingleton(await backends.ConnectAsync(Backend.Garnet));
        builder.Services.AddScaler(options =>
        {
            options.Prefix = prefix;
            options.Cluster.ServerId = id;
            options.Cluster.DrainBudget = TimeSpan.Zero;
            TestTokens.ConfigureTrust(options);
        });
        var app = builder.Build();
        app.Use(next => context =>
        {
            var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            urls.Enqueue($"{request.QueryString} {request.RawTarget}");
            return next(context);
        });
        app.Services.GetRequiredService<ScalerServer>().On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken));
        app.UsePathBase("/live");
        app.UseRouting();
        app.MapScaler();
        await app.StartAsync();
        return app;
    }
}
