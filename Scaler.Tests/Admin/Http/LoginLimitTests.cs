using System.Net;
using Scaler.Admin.Security;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Http;

public sealed class LoginLimitTests
{
    [Fact]
    public async Task Login_TooManyAttempts_Returns429ForLoginsOnly()
    {
        await using var host = await AdminHost.StartAsync(SampleCluster.CreateHealthy, settings: new Dictionary<string, string?> { ["Scaler:Admin:LoginAttemptsPerMinute"] = "3" });
        using var operatorClient = host.NewClient();
        using var client = host.NewClient();
        Assert.Equal(HttpStatusCode.Redirect, await LoginAsync(operatorClient, AdminHost.Token));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(client, "0123456789abcdef-guess"));
        }

        using var refused = await client.GetAsync(new Uri($"/login?t={AdminHost.Token}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Contains("Too many login attempts", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var page = await client.GetAsync(new Uri("/login", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var servers = await operatorClient.GetAsync(new Uri("/servers", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, servers.StatusCode);
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData(null, "unknown")]
    public void PartitionOf_Address_ReturnsIPv4AddressOrIPv6Network(string? address, string expected) =>
        Assert.Equal(expected, LoginRateLimiter.GetPartition(address is null ? null : IPAddress.Parse(address)));

    private static async Task<HttpStatusCode> LoginAsync(HttpClient client, string token)
    {
        using var response = await client.GetAsync(new Uri($"/login?t={token}", UriKind.Relative));
        return response.StatusCode;
    }
}
