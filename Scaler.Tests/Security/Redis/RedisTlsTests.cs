using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Security.Redis;

/// <summary>Tests a Redis that accepts TLS only, and requires a password and a client certificate.</summary>
public sealed class RedisTlsTests
{
    [RedisServerFact]
    public async Task Cluster_OverTls_WorksOverConnectionsOpenedByScalerToo()
    {
        using var certificates = new Certificates();
        var (port, redis) = await StartAsync(certificates);
        await using var _ = redis;
        var options = Options(certificates);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options.Parse($"rediss://:a%20secret@127.0.0.1:{port}"));
        Assert.True(connection.IsConnected);
        await using var server = await ScalerTestServer.StartAsync(connection, "tls", o => o.Redis = options);
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        Assert.Equal(1, (await server.GetAccount("acme").SendAsync("news")).Connections);
        Assert.Equal("""{"event":"news","args":[]}""", await client.ReadMessageAsync());

        // Opens a new connection, as Scaler does when it finds a subscription dead.
        await using var listening = await server.Cluster.Node.Bus.SubscribeAsync("holder-0", static _ => { }, reconnect: true).WithTimeout();
        Assert.True(await server.Cluster.Node.Bus.SendToServerAsync("holder-0", new byte[] { 1 }));
    }

    [RedisServerFact]
    public async Task ConnectAsync_WithoutTheAuthorityOrAClientCertificate_Throws()
    {
        using var certificates = new Certificates();
        var (port, redis) = await StartAsync(certificates);
        await using var _ = redis;
        var url = $"rediss://:a%20secret@127.0.0.1:{port}?connectTimeout=2000&connectRetry=1";
        var withoutAuthority = new ScalerRedisOptions
        {
            ClientCertificate = Options(certificates).ClientCertificate,
            ClientKey = Options(certificates).ClientKey,
        };
        var withoutCertificate = new ScalerRedisOptions { CaCertificate = certificates.Authority };
        foreach (var options in new[] { withoutAuthority, withoutCertificate })
        {
            var exception = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(options.Parse(url)));
            Assert.DoesNotContain("a secret", exception.ToString(), StringComparison.Ordinal);
        }
    }

    private static ScalerRedisOptions Options(Certificates certificates)
    {
        var (certificate, key) = certificates.Sign("client");
        return new ScalerRedisOptions { CaCertificate = certificates.Authority, ClientCertificate = certificate, ClientKey = key };
    }

    private static async Task<(int Port, RedisProcess Redis)> StartAsync(Certificates certificates)
    {
        var (certificate, key) = certificates.Sign("server");
        var port = FreePorts.GetFreePort();
        var redis = await RedisProcess.StartAsync(
            "--port", "0", "--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificates.Authority,
            "--requirepass", "a secret");
        return (port, redis);
    }
}
