using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Reachability;

public sealed class AdvertisedUrlTests(Backends backends) : IClassFixture<Backends>
{
    private static readonly string HostName = Dns.GetHostName();

    [Theory]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("http://localhost:5000", "http://localhost:5000")]
    [InlineData("http://[::1]:5000", "http://[::1]:5000")]
    [InlineData("http://192.0.2.7:5000", "http://192.0.2.7:5000")]
    [InlineData("https://127.0.0.1:5001 http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:5000 http://192.0.2.7:8080", "http://192.0.2.7:8080")]
    [InlineData("http://unix:/tmp/x.sock http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("http://unix:/tmp/x.sock", null)]
    public async Task FindAsync_OneAddress_IsThatAddress(string addresses, string? expected)
    {
        Assert.Equal((expected, true), await FindAsync(addresses, "198.51.100.1"));
        Assert.Equal((expected, true), await FindAsync(addresses, null));
    }

    [Theory]
    [InlineData("http://[::]:8080", "10.0.0.11", "http://10.0.0.11:8080")]
    [InlineData("http://0.0.0.0:8080", "10.0.0.11", "http://10.0.0.11:8080")]
    [InlineData("http://[::]:8080", "fd00::11", "http://[fd00::11]:8080")]
    [InlineData("https://*:8443", "10.0.0.11", "https://10.0.0.11:8443")]
    [InlineData("http://127.0.0.1:9000 http://+:8080", "10.0.0.11", "http://10.0.0.11:8080")]
    public async Task FindAsync_AllInterfacesOfAPod_IsTheAddressOfThePod(string addresses, string pod, string expected) =>
        Assert.Equal((expected, true), await FindAsync(addresses, pod));

    [Fact]
    public async Task FindAsync_RedisOnThisMachine_IsTheHostName()
    {
        EndPoint[] endpoints =
        [
            new IPEndPoint(IPAddress.Loopback, 6379),
            new DnsEndPoint("localhost", 6379),
            new UnixDomainSocketEndPoint("/run/redis.sock"),
        ];
        foreach (var redis in endpoints)
        {
            Assert.Equal(($"http://{HostName}:8080", true), await FindAsync("http://[::]:8080", null, redis));
        }
    }

    [NetworkFact]
    public async Task FindAsync_RedisOnTheNetwork_IsTheAddressTowardsRedis()
    {
        var redis = new IPEndPoint(NetworkFactAttribute.LocalAddress!, 6379);
        Assert.Equal(($"http://{redis.Address}:8080", true), await FindAsync("http://[::]:8080", null, redis));
        Assert.Equal(($"http://{redis.Address}:8080", true), await FindAsync("http://0.0.0.0:8080", null, redis));

        // Certificates name hosts.
        Assert.Equal(($"https://{HostName}:8443", true), await FindAsync("https://[::]:8443", null, redis));
    }

    [Fact]
    public async Task FindAsync_NameOfRedisUnknown_IsTheHostNameForNow() => Assert.Equal(
        ($"http://{HostName}:8080", false),
        await FindAsync("http://[::]:8080", null, new DnsEndPoint("no-such-host.invalid", 6379)).WithTimeout());

    [Fact]
    public async Task FindAsync_ConfiguredUrl_Wins()
    {
        var advertised = new AdvertisedUrl("http://configured/", IPAddress.Parse("10.0.0.11"), new RedisRoute(() => []));
        Assert.Equal(("http://configured/", true), await advertised.FindAsync(["http://[::]:8080"], default));
    }

    [Theory]
    [OnGarnet]
    public async Task Server_WithPodIp_AdvertisesIt(Backend backend)
    {
        await using var host = await PeerHost.StartAsync(
            await backends.ConnectAsync(backend), backends.NewPrefix(), "one", build: builder =>
            {
                builder.Configuration["POD_IP"] = "127.0.0.2";
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ListenAnyIP(0));
            });

        Assert.Equal("127.0.0.2", new Uri(host.Server.Membership.Url!).Host);
        Assert.Equal(host.Server.Membership.Url, Assert.Single(await host.Server.Cluster.GetServersAsync()).Url);
    }

    private static Task<(string? Url, bool IsFinal)> FindAsync(string addresses, string? pod, params EndPoint[] redis) =>
        new AdvertisedUrl(null, pod is null ? null : IPAddress.Parse(pod), new RedisRoute(() => redis))
            .FindAsync(addresses.Split(' '), default);
}
