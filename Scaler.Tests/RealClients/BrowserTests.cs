using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.RealClients;

/// <summary>
/// Tests a page with engine.io-client in Chromium, through nginx and HAProxy with the documented configurations, in front of
/// three servers: it is reloaded, goes offline, is frozen, and goes into the back-forward cache. No connection stays behind
/// in the registry.
/// </summary>
public sealed class BrowserTests(BrowserTests.Fixture fixture) : IClassFixture<BrowserTests.Fixture>
{
    // Far longer than a busy machine needs for a pong, and short enough for a test to wait for the timeout of a frozen page.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(4);

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("nginx", "upgraded")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "websocket")]
    [InlineData("haproxy", "upgraded")]
    public async Task Page_WithClientsOnEachServer_SendsAndReceives(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);
        List<TestClient> others = [];
        foreach (var url in visit.Cluster.ServerUrls)
        {
            others.Add(await TestClient.ConnectAsync(url, visit.Account));
        }

        await visit.Page.EvaluateAsync("""state.socket.send('{"event":"say","args":["from the page"]}')""");
        foreach (var (index, other) in others.Index())
        {
            Assert.Contains("from the page", await other.ReadMessageAsync(), StringComparison.Ordinal);
            await other.SendAsync($$"""{"event":"say","args":["to the page {{index}}"]}""");
            await visit.Page.WaitForAsync($"state.messages.some(message => message.includes('to the page {index}'))");
        }

        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("nginx", "upgraded")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "websocket")]
    [InlineData("haproxy", "upgraded")]
    public async Task Page_Reloaded_LeavesNoConnectionBehind(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);
        await visit.WaitForHeldPollAsync();
        var before = await visit.GetConnectionIdAsync();

        await visit.Page.ReloadAsync();

        // The server sees that the client has gone, and need not wait for a pong.
        Assert.NotEqual(EngineCloseReason.PingTimeout, await visit.WaitForFirstEndAsync());
        await visit.WaitForReadyAsync();
        await visit.AssertOnlyConnectionIsNewAsync(before);
    }

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("nginx", "upgraded")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "websocket")]
    [InlineData("haproxy", "upgraded")]
    public async Task Page_OfflineAndOnlineAgain_ConnectsAgain(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);
        var before = await visit.GetConnectionIdAsync();

        await visit.Page.SetOfflineAsync(true);
        await visit.Page.WaitForAsync("state.closes.length > 0");
        await visit.WaitForFirstEndAsync();
        await visit.WaitForNoConnectionAsync();
        await visit.Page.SetOfflineAsync(false);

        await visit.Page.WaitForAsync("state.ready && state.opens > 1");
        await visit.AssertOnlyConnectionIsNewAsync(before);
    }

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "upgraded")]
    public async Task Page_Frozen_IsClosedByPingTimeoutAndConnectsAgain(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);
        var before = await visit.GetConnectionIdAsync();

        await visit.Page.SetFrozenAsync(true);
        Assert.Equal(EngineCloseReason.PingTimeout, await visit.WaitForFirstEndAsync());
        await visit.WaitForNoConnectionAsync();
        await visit.Page.SetFrozenAsync(false);

        await visit.Page.WaitForAsync("state.ready && state.opens > 1");
        await visit.AssertOnlyConnectionIsNewAsync(before);
    }

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "upgraded")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "websocket")]
    public async Task Page_RestoredFromTheBackForwardCache_ConnectsAgain(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);
        var before = await visit.GetConnectionIdAsync();

        // The cache keeps the connection open and the page frozen, so the server sees the end of the client by its silence.
        await visit.Page.NavigateAsync($"{visit.Cluster.Url}/live/other.html");
        await visit.WaitForFirstEndAsync();
        await visit.WaitForNoConnectionAsync();
        await visit.Page.EvaluateAsync("history.back()");

        await visit.Page.WaitForAsync("window.state?.restored && state.ready && state.opens > 1");
        await visit.AssertOnlyConnectionIsNewAsync(before);
    }

    [FrontEndTheory("chromium")]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "upgraded")]
    public async Task Page_RestoredBeforeThePingTimeout_HasOneConnection(string proxy, string transport)
    {
        await using var visit = await fixture.VisitAsync(proxy, transport);

        await visit.Page.NavigateAsync($"{visit.Cluster.Url}/live/other.html");
        await visit.Page.WaitForAsync("location.pathname.endsWith('/other.html') && document.readyState === 'complete'");
        await visit.Page.EvaluateAsync("history.back()");

        await visit.Page.WaitForAsync("window.state?.restored && state.ready");
        await visit.AssertEchoesOverOneConnectionAsync();
    }

    /// <summary>Starts Chromium, and a cluster per proxy.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly Dictionary<string, ClientCluster> _clusters = [];
        private Chromium? _browser;
        private int _visits;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_browser is not null)
            {
                await _browser.DisposeAsync();
            }

            foreach (var cluster in _clusters.Values)
            {
                await cluster.DisposeAsync();
            }
        }

        /// <summary>Opens the page under a new account, and waits until it is connected.</summary>
        internal async Task<Visit> VisitAsync(string proxy, string transport)
        {
            _browser ??= await Chromium.StartAsync();
            if (!_clusters.TryGetValue(proxy, out var cluster))
            {
                _clusters[proxy] = cluster = await ClientCluster.StartAsync(proxy, PingInterval, PingTimeout);
            }

            var account = $"{transport}-{++_visits}";
            var page = await _browser.OpenAsync($"{cluster.Url}/live/page.html?transport={transport}&account={account}");
            var visit = new Visit(page, cluster, account, transport);
            await visit.WaitForReadyAsync();
            return visit;
        }
    }

    /// <summary>A page that is connected under an account of its own.</summary>
    internal sealed record Visit(ChromiumPage Page, ClientCluster Cluster, string Account, string Transport) : IAsyncDisposable
    {
        /// <summary>Waits until the page is connected over its transport, and its first message has been echoed.</summary>
        public Task WaitForReadyAsync()
        {
            var transport = Transport == "polling" ? "polling" : "websocket";
            return Page.WaitForAsync(
                $"window.state?.ready && state.messages.includes('hello') && state.transport === '{transport}'");
        }

        /// <summary>Waits until the server holds a poll. Between two polls it cannot see that the client has gone.</summary>
        public Task WaitForHeldPollAsync() =>
            Transport == "polling" ? Cluster.GetSession(Account).WaitForHeldPollAsync() : Task.CompletedTask;

        /// <summary>Gets the id of the only connection of the account.</summary>
        public async Task<string> GetConnectionIdAsync() => Assert.Single(await Cluster.GetConnectionsAsync(Account)).Id;

        /// <summary>Waits for the end of the first session of the page.</summary>
        public Task<EngineCloseReason> WaitForFirstEndAsync() => Cluster.Echo.WaitForEndAsync($"{Account} 1");

        public Task WaitForNoConnectionAsync() => Deadline.WaitUntilAsync(
            async () => (await Cluster.GetConnectionsAsync(Account)).Count == 0, what: "the connection to leave the registry");

        public async Task AssertOnlyConnectionIsNewAsync(string before)
        {
            await AssertEchoesOverOneConnectionAsync();
            Assert.NotEqual(before, await GetConnectionIdAsync());
        }

        /// <summary>Asserts that the page is connected, and that the registry contains this connection only.</summary>
        public async Task AssertEchoesOverOneConnectionAsync()
        {
            // A page that is restored may find out only now that its connection has ended, so it sends once per connection.
            await Page.WaitForAsync(
                """
                (state.ready && window.sender !== state.socket && (window.sender = state.socket).send('again'),
                state.messages.includes('again'))
                """);
            await Deadline.WaitUntilAsync(
                async () => (await Cluster.GetConnectionsAsync(Account)).Count == 1,
                what: "the old connection to leave the registry");
            Assert.True((await Cluster.Servers.First().Cluster.CheckRegistryAsync()).IsEqual, "The registry is not equal.");
        }

        public async ValueTask DisposeAsync() => await Page.DisposeAsync();
    }
}
