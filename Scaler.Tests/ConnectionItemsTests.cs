using Microsoft.CodeAnalysis;
using Scaler.EngineIO;
using Scaler.Tests.Cluster;
using Scaler.Tests.Documents;
using Scaler.Tests.Helpers;

namespace Scaler.Tests;

/// <summary>Tests the data that an application associates with a connection.</summary>
public sealed class ConnectionItemsTests(Backends backends) : IClassFixture<Backends>
{
    [Theory]
    [InlineData("connection.Session.Tag = 1")]
    [InlineData("_ = connection.Session.Owner")]
    [InlineData("_ = connection.Identity")]
    public void Compile_AccessToTheLibrarysState_Fails(string statement) => Assert.Contains(
        SnippetCompiler.Compile($$"""
            using Scaler;

            static class Calls
            {
                static void Main() { }

                static void Run(ScalerConnection connection) { {{statement}}; }
            }
            """).GetDiagnostics(),
        static problem => problem.Severity == DiagnosticSeverity.Error);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Items_ChangedByTheApplication_LeaveNoGhost(bool polling)
    {
        await using var server = await StartAsync(server: static server =>
            server.On("count", async (connection, _, cancellationToken) =>
            {
                var count = connection.Items.TryGetValue("count", out var value) ? (int)value! + 1 : 1;
                connection.Items.Clear();
                connection.Session.Items["count"] = count;
                await connection.SendAsync("count", count, cancellationToken);
            }));
        await using (var client = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: polling))
        {
            await client.SendAsync("""{"event":"count"}""");
            await client.SendAsync("""{"event":"count"}""");

            Assert.Equal("""{"event":"count","args":[1]}""", await client.ReadMessageAsync());
            Assert.Equal("""{"event":"count","args":[2]}""", await client.ReadMessageAsync());
            Assert.Same(Assert.Single(server.Connections).Items, Assert.Single(server.Connections).Session.Items);
            await server.GetAccount("acme").DisconnectAsync();
        }

        await Deadline.WaitUntilAsync(async () => server.ConnectionCount == 0 && (await server.Cluster.GetConnectionsAsync("acme")).Count == 0);
    }

    [Fact]
    public async Task Items_OfBothAuthorizationCallbacks_ReachTheHandler()
    {
        await using var server = await StartAsync(
            static options =>
            {
                options.EngineIO.AuthorizeAsync = static _ => ValueTask.FromResult(
                    EngineAuthorization.AllowWith(new Dictionary<object, object?> { ["one"] = 1, ["both"] = 1 }));
                options.AuthorizeAsync = static _ => ValueTask.FromResult(
                    EngineAuthorization.AllowWith(new Dictionary<object, object?> { ["two"] = 2, ["both"] = 2 }));
            },
            static _ => { });
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        var items = Assert.Single(server.Connections).Items;

        Assert.Equal(["both=2", "one=1", "two=2"], items.Select(static item => $"{item.Key}={item.Value}").Order(StringComparer.Ordinal));
    }

    private Task<ScalerServer> StartAsync(Action<ScalerServer> server) => StartAsync(static _ => { }, server);

    private async Task<ScalerServer> StartAsync(Action<ScalerOptions> configure, Action<ScalerServer> server) =>
        await ScalerTestServer.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), configure, server);
}
