using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Cluster.Secrets;
using Scaler.Tests.Cluster;
using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;
using Scaler.Tests.Security.Redis;

namespace Scaler.Tests.Security.Cluster;

/// <summary>
/// Tests servers on https with a private certificate authority, which require client certificates of each other.
/// </summary>
public sealed class ServerTlsTests(Backends backends) : IClassFixture<Backends>, IDisposable
{
    private readonly Certificates _certificates = new();
    private readonly string _prefix = backends.NewPrefix();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Forward_PrivateAuthorityAndClientCertificates_ReachesTheOtherServer()
    {
        await using var one = await StartAsync("one", trusts: true, presents: true);
        await using var two = await StartAsync("two", trusts: true, presents: true);
        using var http = CreateClient();
        var sid = EngineTestHost.ParseSid(
            await http.GetStringAsync(new Uri($"{two.Url}/stream/?EIO=4&transport=polling&account=acme")).WithTimeout());

        foreach (var streamed in new[] { false, true })
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, $"{one.Url}/stream/?EIO=4&transport=polling&account=acme&sid={sid}");
            request.Content = new StringContent("4{}");
            request.Headers.TransferEncodingChunked = streamed;
            using var answer = await http.SendAsync(request).WithTimeout();
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        }

        await Deadline.WaitUntilAsync(() => one.ForwardedRequests.Count() == 2);
        Assert.Equal(["http forwarded", "peer forwarded"], one.ForwardedRequests.Order());
        Assert.Null(await ProbeAsync(one, two));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Probe_WithoutTheAuthorityOrACertificate_Fails(bool trusts, bool presents)
    {
        await using var one = await StartAsync("one", trusts, presents);
        await using var two = await StartAsync("two", trusts: true, presents: true);

        Assert.NotNull(await ProbeAsync(one, two));
        Assert.Null(await ProbeAsync(two, one));
    }

    private async Task<PeerHost> StartAsync(string id, bool trusts, bool presents)
    {
        var (certificate, key) = _certificates.Sign(id);
        return await PeerHost.StartAsync(
            await backends.ConnectAsync(Backend.Garnet), _prefix, id,
            options =>
            {
                options.Cluster.CaCertificate = trusts ? _certificates.Authority : null;
                (options.Cluster.ClientCertificate, options.Cluster.ClientKey) = presents ? (certificate, key) : (null, null);
                options.Cluster.ForwardConnectTimeout = TimeSpan.FromSeconds(10);
            },
            listen: listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (client, _, _) => client.Issuer == "CN=Test authority";
            }));
    }

    private static Task<string?> ProbeAsync(PeerHost from, PeerHost to) => from.Services.GetRequiredService<ReachabilityProber>()
        .ProbeAsync(new ServerInfo { Id = to.Server.Id, Epoch = 1, Url = to.Url }, default);

    private HttpClient CreateClient()
    {
        var (certificate, key) = _certificates.Sign("client");
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = ServerTls.CreateOptions(new ScalerClusterOptions
            {
                CaCertificate = _certificates.Authority,
                ClientCertificate = certificate,
                ClientKey = key,
            }),
        });
    }
}
