using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Reachability;

/// <summary>Tests servers that cannot reach each other at the URLs that they advertise.</summary>
public sealed class ReachabilityTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private readonly string _prefix = backends.NewPrefix();
    private readonly HttpClient _http = new();
    private readonly List<PeerHost> _hosts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [OnGarnet]
    [OnRedisServer]
    public async Task Server_AdvertisesAClosedPort_BothServersReportItUntilTheUrlIsRight(Backend backend)
    {
        var closed = $"http://127.0.0.1:{FreePorts.GetFreePort()}";
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two", closed);
        using var gauge = new MetricCollector<int>(
            one.Services.GetRequiredService<IMeterFactory>(), "Scaler", "scaler.server.unreachable");

        await WaitForHealthAsync(one, $"Degraded: This server cannot reach server two at {closed}: connection refused.");
        await WaitForHealthAsync(two, $"Degraded: Server one cannot reach this server at {closed}: connection refused.");
        var info = (await two.Server.Cluster.GetServersAsync()).Single(server => server.Id == "one");
        var unreachable = Assert.Single(info.Unreachable);
        Assert.Equal(
            (1, "two", closed, "connection refused"),
            (info.UnreachableCount, unreachable.Id, unreachable.Url, unreachable.Reason));
        Assert.Empty((await two.Server.Cluster.GetServersAsync()).Single(server => server.Id == "two").Unreachable);
        gauge.RecordObservableInstruments();
        Assert.Equal(1, gauge.LastMeasurement?.Value);

        await two.Server.Membership.PublishUrlAsync(two.Url);

        await WaitForHealthAsync(one, "Healthy");
        await WaitForHealthAsync(two, "Healthy");
        await Deadline.WaitUntilAsync(async () =>
            (await two.Server.Cluster.GetServersAsync()).All(server => server is { Unreachable.Count: 0, UnreachableCount: 0 }));
        gauge.RecordObservableInstruments();
        Assert.Equal(0, gauge.LastMeasurement?.Value);
        Assert.Equal(
        [
            $"Warning: This server cannot reach server two at {closed}: connection refused. Requests for its sessions fail here. "
                + "Set Scaler:Cluster:AdvertisedUrl of server two to a URL that the other servers reach.",
            $"Information: This server reaches server two at {two.Url} again.",
        ], ReadLog(one));
        Assert.Equal(
        [
            $"Warning: Server one cannot reach this server at {closed}: connection refused. "
                + "Requests for sessions of this server fail there. Set Scaler:Cluster:AdvertisedUrl of this server "
                + "to a URL that the other servers reach.",
            "Information: No server reports any more that it cannot reach this server.",
        ], ReadLog(two));
    }

    [Theory]
    [OnGarnet]
    public async Task Server_RestartsWithTheRightUrl_IsReachableAgain(Backend backend)
    {
        var closed = $"http://127.0.0.1:{FreePorts.GetFreePort()}";
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two", closed);
        await WaitForHealthAsync(one, $"Degraded: This server cannot reach server two at {closed}: connection refused.");

        await two.StopAsync();
        var again = await StartAsync(backend, "two");

        await WaitForHealthAsync(one, "Healthy");
        await WaitForHealthAsync(again, "Healthy");
        Assert.Equal(2, ReadLog(one).Count);
    }

    [Theory]
    [OnGarnet]
    public async Task Server_AdvertisesTheUrlOfAnother_IsAnsweredByThatServer(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two");
        var three = await StartAsync(backend, "three", one.Url);

        foreach (var host in new[] { one, two })
        {
            await WaitForHealthAsync(
                host, $"Degraded: This server cannot reach server three at {one.Url}: answered by another server, one.");
        }

        await Deadline.WaitUntilAsync(async () => (await GetHealthAsync(three)).Split("cannot reach this server").Length == 3);
    }

    [Theory]
    [OnGarnet]
    public async Task Forward_ServerCannotBeReachedAnyMore_IsProbedAndReported(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two");
        var open = await _http.GetStringAsync(new Uri($"{two.Url}/stream/?EIO=4&transport=polling&account=acme"));
        var request = ToUri(one, open);
        string url;
        await using (var proxy = new TcpProxy(new Uri(two.Url).Port))
        {
            url = $"http://127.0.0.1:{proxy.Port}";
            await two.Server.Membership.PublishUrlAsync(url);
            await Deadline.WaitUntilAsync(() => one.Server.Membership.Servers.Servers.Any(server => server.Url == url));
            Assert.Equal("ok", await PostAsync(request));
        }

        Assert.Contains("Session ID unknown", await PostAsync(request), StringComparison.Ordinal);
        await WaitForHealthAsync(one, $"Degraded: This server cannot reach server two at {url}: connection refused.");
    }

    [Theory]
    [OnGarnet]
    public async Task ProbeAsync_ApplicationWithMiddleware_IsAnsweredBeforeIt(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two", before: static app => app.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        }));

        Assert.Null(await ProbeAsync(one, "two", two.Url));
        Assert.Null(await ProbeAsync(one, "two", two.Url + "/"));
    }

    [Theory]
    [OnGarnet]
    public async Task ProbeAsync_OtherAnswers_AreNamed(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        var otherSecret = await StartAsync(
            backend, "two", secret: "another secret of the cluster, 32 characters", prefix: backends.NewPrefix());
        await using var stranger = await StartWebAsync(static context => context.Response.WriteAsync("hello"));
        await using var missing = await StartWebAsync(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        Assert.Equal(
            "HTTP 200: not a server of this cluster, or its Path differs", await ProbeAsync(one, "two", stranger.Urls.Single()));
        Assert.Equal(
            "HTTP 404: not a server of this cluster, or its Path differs", await ProbeAsync(one, "two", missing.Urls.Single()));
        Assert.Equal(
            "HTTP 403: not a server of this cluster, its Cluster:Secret differs, or its clock is more than a minute off",
            await ProbeAsync(one, "two", otherSecret.Url));
        Assert.Equal(
            "the TLS handshake failed: is the certificate trusted, and does it name this host?",
            await ProbeAsync(one, "two", stranger.Urls.Single().Replace("http:", "https:", StringComparison.Ordinal)));
        Assert.Equal("answered by another process with the id one", await ProbeAsync(one, "one", one.Url, long.MaxValue));
        Assert.Equal("the host name cannot be resolved", await ProbeAsync(one, "two", "http://no-such-host.invalid:8080"));
        Assert.Equal(
            "the URL is not an absolute http or https URL without a path, query and user information",
            await ProbeAsync(one, "two", "10.0.0.12:8080"));
    }

    [Theory]
    [OnGarnet]
    public async Task ProbeAsync_SilentServer_TimesOut(Backend backend)
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var one = await StartAsync(backend, "one", configure: static options =>
            options.Cluster.ForwardConnectTimeout = TimeSpan.FromMilliseconds(100));

        Assert.Equal("no answer within 0.2 s", await ProbeAsync(one, "two", $"http://{silent.LocalEndpoint}").WithTimeout());
    }

    [Theory]
    [OnGarnet]
    public async Task ProbeAsync_PeerConnectionIsOpen_SendsNoProbe(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        var two = await StartAsync(backend, "two");
        var open = await _http.GetStringAsync(new Uri($"{two.Url}/stream/?EIO=4&transport=polling&account=acme"));
        Assert.Equal("ok", await PostAsync(ToUri(one, open)));
        await Deadline.WaitUntilAsync(() => one.ForwardedRequests.SequenceEqual(["peer forwarded"]));

        // A probe would find another epoch.
        Assert.Null(await ProbeAsync(one, "two", two.Url, long.MaxValue));
        Assert.Equal("answered by another process with the id two", await ProbeAsync(one, "two", two.Url + "/", long.MaxValue));
    }

    [Theory]
    [OnGarnet]
    public async Task Probe_NotFromAServer_IsForbidden(Backend backend)
    {
        var one = await StartAsync(backend, "one");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{one.Url}/stream/");
        request.Headers.Add(ProbeHeader.Name, "1767225600000 random tag");

        using var answer = await _http.SendAsync(request).WithTimeout();

        Assert.Equal((HttpStatusCode.Forbidden, false), (answer.StatusCode, answer.Headers.Contains(ProbeHeader.Name)));
    }

    private async Task<PeerHost> StartAsync(
        Backend backend, string id, string? url = null, Action<WebApplication>? before = null,
        Action<ScalerOptions>? configure = null, string? secret = null, string? prefix = null)
    {
        var host = await PeerHost.StartAsync(
            await backends.ConnectAsync(backend), prefix ?? _prefix, id,
            options =>
            {
                (options.Cluster.AdvertisedUrl, options.Cluster.Secret) = (url, secret);
                options.Cluster.LeaseRenewal = TimeSpan.FromMilliseconds(100);
                options.Cluster.LeaseDuration = TimeSpan.FromSeconds(2);
                options.Cluster.ForwardConnectTimeout = TimeSpan.FromSeconds(10);
                configure?.Invoke(options);
            },
            before ?? MapHealth);
        _hosts.Add(host);
        return host;
    }

    private static void MapHealth(WebApplication app) => app.MapHealthChecks("/health", new HealthCheckOptions
    {
        ResponseWriter = static (context, report) =>
        {
            var (status, description) = (report.Status, report.Entries["scaler"].Description);
            return context.Response.WriteAsync(description is null ? $"{status}" : $"{status}: {description}");
        },
    });

    private static async Task<WebApplication> StartWebAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    private static Task<string?> ProbeAsync(PeerHost host, string id, string url, long epoch = 1) =>
        host.Services.GetRequiredService<ReachabilityProber>()
            .ProbeAsync(new ServerInfo { Id = id, Epoch = epoch, Url = url }, default);

    private static Uri ToUri(PeerHost host, string open) => new(
        $"{host.Url}/stream/?EIO=4&transport=polling&account=acme&sid={open.Split("\"sid\":\"")[1].Split('"')[0]}");

    private static List<string> ReadLog(PeerHost host) =>
    [
        .. host.Logs.GetSnapshot()
            .Where(static record => record.Category == typeof(ReachabilityMonitor).FullName)
            .Select(static record => $"{record.Level}: {record.Message}"),
    ];

    private async Task<string> PostAsync(Uri url)
    {
        using var content = new StringContent("4{}");
        using var answer = await _http.PostAsync(url, content).WithTimeout();
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<TimeSpan> WaitForHealthAsync(PeerHost host, string expected) =>
        Deadline.WaitUntilAsync(async () => await GetHealthAsync(host) == expected, what: expected);

    private async Task<string> GetHealthAsync(PeerHost host)
    {
        using var answer = await _http.GetAsync(new Uri($"{host.Url}/health"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(!text.StartsWith("Unhealthy", StringComparison.Ordinal), answer.StatusCode == HttpStatusCode.OK);
        return text;
    }
}
