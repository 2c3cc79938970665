using System.Collections.Concurrent;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.RealClients;

/// <summary>
/// Tests the real clients through nginx and HAProxy, with the documented configurations, in front of three servers without
/// sticky sessions: most requests of a polling client reach another server than its own.
/// </summary>
public sealed class FrontEndTests(FrontEndTests.Fixture fixture) : IClassFixture<FrontEndTests.Fixture>
{
    // A payload may have 1 MB, base64 included. Version 1 of the client encodes text as UTF-8 twice.
    private const string LargeMessageLength = "400000";

    public static TheoryData<string, string, string, string> NodeRows => Behind(ClientRows.Node);

    public static TheoryData<string, string, string, string> PythonRows =>
        Behind(ClientRows.PythonEngine, ClientRows.PythonSocket);

    /// <summary>Gets the rows of protocol 4. In protocol 3, Socket.IO requires a packet when a session opens.</summary>
    public static TheoryData<string, string, string, string> DotNetRows => Behind(ClientRows.DotNet);

    [FrontEndTheory("node")]
    [MemberData(nameof(NodeRows))]
    public Task EngineClient_BehindAProxy_Passes(string proxy, string client, string transport, string row) =>
        fixture.AssertPassedAsync(proxy, "node", client, transport, row, static cluster =>
            ClientRun.RunAsync("node", "engine-clients.mjs", $"{cluster.Url}/stream/", LargeMessageLength));

    [FrontEndTheory("python")]
    [MemberData(nameof(PythonRows))]
    public Task PythonClient_BehindAProxy_Passes(string proxy, string client, string transport, string row) =>
        fixture.AssertPassedAsync(proxy, "python", client, transport, row, static cluster =>
        {
            var url = $"{cluster.PlainUrl}/stream/";
            return ClientRun.RunAsync(PythonTheoryAttribute.Interpreter, "python_clients.py", url, url);
        });

    [FrontEndTheory("dotnet")]
    [MemberData(nameof(DotNetRows))]
    public async Task SocketIOClient_BehindAProxy_Passes(string proxy, string client, string transport, string row)
    {
        var cluster = await fixture.GetClusterAsync(proxy);
        await DotNetClient.RunAsync(cluster.PlainUrl, "/stream", client, transport, row);
        await cluster.Echo.AssertEndAsync(client, transport, row);
    }

    private static TheoryData<string, string, string, string> Behind(params TheoryData<string, string, string>[] rows)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var proxy in (string[])["nginx", "haproxy"])
        {
            foreach (var row in rows.SelectMany(static all => all).Where(static row => row[0] is not "socketioclient-3"))
            {
                data.Add(proxy, (string)row[0], (string)row[1], (string)row[2]);
            }
        }

        return data;
    }

    /// <summary>Starts a cluster per proxy, and runs each script through each proxy once.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ConcurrentDictionary<string, Lazy<Task<ClientCluster>>> _clusters = new();
        private readonly ConcurrentDictionary<(string Proxy, string Script), Lazy<Task<ClientRun>>> _runs = new();

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (var cluster in _clusters.Values)
            {
                await (await cluster.Value).DisposeAsync();
            }
        }

        internal Task<ClientCluster> GetClusterAsync(string proxy) => _clusters.GetOrAdd(proxy, static proxy => new(
            () => ClientCluster.StartAsync(proxy, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(20)))).Value;

        internal async Task AssertPassedAsync(
            string proxy, string script, string client, string transport, string row, Func<ClientCluster, Task<ClientRun>> run)
        {
            var cluster = await GetClusterAsync(proxy);
            var results = _runs.GetOrAdd((proxy, script), _ => new(() => run(cluster)));
            (await results.Value).AssertPassed($"{client} {transport} {row}");
            await cluster.Echo.AssertEndAsync(client, transport, row);
        }
    }
}
