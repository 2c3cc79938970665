using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Secrets;
using Scaler.Tests.Cluster;
using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Cluster;

/// <summary>Tests two servers in each step of the replacement of their secret.</summary>
public sealed class SecretRotationTests(Backends backends) : IClassFixture<Backends>
{
    private const string Old = "the first secret of the cluster, 32 characters";
    private const string New = "the second secret of this cluster: 32 and more";

    [Theory]
    [InlineData(new[] { Old }, new[] { Old, New })]
    [InlineData(new[] { Old, New }, new[] { New, Old })]
    [InlineData(new[] { New, Old }, new[] { New })]
    public async Task Servers_InNeighboringSteps_LoseNoMessage(string[] first, string[] second)
    {
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync(prefix, "one", first);
        await using var two = await StartAsync(prefix, "two", second);
        await using var here = await TestClient.ConnectAsync(one.Url, "acme");
        await using var there = await TestClient.ConnectAsync(two.Url, "acme");

        for (var i = 0; i < 20; i++)
        {
            var sent = await (i % 2 == 0 ? one : two).Server.GetAccount("acme").SendAsync(
                "news", [i], new SendOptions { Receipts = true });
            Assert.Equal((2, true), (sent.Connections, sent.IsComplete));
            Assert.Equal($$"""{"event":"news","args":[{{i}}]}""", await here.ReadMessageAsync());
            Assert.Equal($$"""{"event":"news","args":[{{i}}]}""", await there.ReadMessageAsync());
        }

        Assert.Equal("ok", await PostAsync(one, two));
        Assert.Equal("ok", await PostAsync(two, one));
        Assert.Equal(["one", "two"], (await one.Server.Cluster.GetServersAsync()).Select(static server => server.Id));
        Assert.Equal(0, one.Server.Cluster.IgnoredServerEntries + two.Server.Cluster.IgnoredServerEntries);
    }

    [Fact]
    public void VerifyTag_RemovedSecret_ReturnsFalse()
    {
        var sid = ClusterSid.Create("one", new ClusterSecret(Old));

        Assert.True(ClusterSid.TryRead(sid, new ClusterSecret(New, "", [Old]), out _));
        Assert.False(ClusterSid.TryRead(sid, new ClusterSecret(New), out _));
    }

    [Theory]
    [InlineData("Production", null, true)]
    [InlineData("Production", Old, false)]
    [InlineData("Development", null, false)]
    public async Task Start_WithoutASecretOutsideDevelopment_LogsAWarning(string environment, string? secret, bool expected)
    {
        await using var host = await PeerHost.StartAsync(
            await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), "one", options => options.Cluster.Secret = secret,
            build: builder => builder.Services.AddSingleton<IHostEnvironment>(
                new TestEnvironment { EnvironmentName = environment }));

        Assert.Equal(expected, host.Logs.GetSnapshot().Any(static record =>
            record.Level == LogLevel.Warning && record.Message.StartsWith("Scaler:Cluster:Secret is not set.", StringComparison.Ordinal)));
    }

    private async Task<PeerHost> StartAsync(string prefix, string id, string[] secrets) => await PeerHost.StartAsync(
        await backends.ConnectAsync(Backend.Garnet), prefix, id, options =>
        {
            options.Cluster.Secret = secrets[0];
            foreach (var additional in secrets[1..])
            {
                options.Cluster.AdditionalSecrets.Add(additional);
            }

            options.Cluster.SendTimeout = Deadline.DefaultTimeout;
            options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
            options.Cluster.ReceiptTimeout = Deadline.DefaultTimeout;
        });

    private sealed class TestEnvironment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "";

        public string ApplicationName { get; set; } = "test";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }

    /// <summary>Opens a session on one server and posts a message to it through the other.</summary>
    private static async Task<string> PostAsync(PeerHost holder, PeerHost other)
    {
        using var http = new HttpClient();
        var sid = EngineTestHost.ParseSid(
            await http.GetStringAsync(new Uri($"{holder.Url}/stream/?EIO=4&transport=polling&account=other")).WithTimeout());
        using var content = new StringContent("4{}");
        using var answer = await http.PostAsync(
            new Uri($"{other.Url}/stream/?EIO=4&transport=polling&account=other&sid={sid}"), content).WithTimeout();
        return await answer.Content.ReadAsStringAsync();
    }
}
