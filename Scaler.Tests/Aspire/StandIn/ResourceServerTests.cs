using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace Scaler.Tests.Aspire.StandIn;

/// <summary>The environment of every process is there to be read, secrets and all, so who asks has to know the key.</summary>
public sealed class ResourceServerTests
{
    private const string Unauthenticated = "16";
    private const string Ok = "0";

    private readonly DashboardSettings _settings = new(new ConfigurationBuilder().Build());

    [Fact]
    public async Task Call_WithTheKey_IsAnswered()
    {
        var (status, body) = await CallAsync(_settings.ResourcesKey);

        Assert.Equal(Ok, status);
        Assert.Contains("Some", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    public async Task Call_WithoutTheKey_IsRefused(string? key)
    {
        var (status, _) = await CallAsync(key);

        Assert.Equal(Unauthenticated, status);
    }

    // A gRPC call without a client for it: HTTP/2, a 5-byte prefix before an empty message, the status in the trailers.
    private async Task<(string? Status, byte[] Body)> CallAsync(string? key)
    {
        await using var server = new ResourceServer(
            _settings, new ResourceNotificationService(), new ResourceLoggerService(TimeProvider.System), new ResourceCommandService(null!),
            new HostingEnvironment { ApplicationName = "Some.AppHost" });
        await server.StartAsync(CancellationToken.None);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(_settings.Resources, "/aspire.v1.DashboardService/GetApplicationInformation"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        if (key is not null) request.Headers.Add("x-resource-service-api-key", key);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) || response.Headers.TryGetValues("grpc-status", out trailer)
            ? trailer.Single()
            : null;
        return (status, body);
    }
}
