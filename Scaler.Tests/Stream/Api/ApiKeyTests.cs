using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests that the API requires a key.</summary>
public sealed class ApiKeyTests(Backends backends) : IClassFixture<Backends>
{
    private const string Next = "next-key-0123456789abcdef-0123456789";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer " + ApiHost.Key + "x")]
    [InlineData("Bearer " + ApiHost.Key + ", Bearer " + ApiHost.Key)]
    [InlineData("Basic " + ApiHost.Key)]
    [InlineData(ApiHost.Key)]
    public async Task Request_WithoutAValidKey_Returns401(string? header)
    {
        await using var host = await StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = null;

        foreach (var path in new[] { "/api/accounts", "/api/accounts/acme", "/API/accounts", "/api/nothing", "/api/messages" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using var response = await host.Client.SendAsync(request);
            Assert.Equal(401, (int)response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Keys_Rotated_AllowAnOverlap()
    {
        // The old key, then both keys, then the new key.
        (string[] Keys, int Old, int New)[] steps = [([ApiHost.Key], 200, 401), ([ApiHost.Key, Next], 200, 200), ([Next], 401, 200)];
        foreach (var (keys, old, @new) in steps)
        {
            await using var host = await StartAsync([.. keys.Select((key, i) => ($"Scaler:Api:Keys:{i}", (string?)key))]);
            Assert.Equal(old, await StatusAsync(host, ApiHost.Key));
            Assert.Equal(@new, await StatusAsync(host, Next));
        }
    }

    [Fact]
    public async Task Request_NoKeyConfigured_Returns404AndTheLogNamesTheSetting()
    {
        await using var host = await StartAsync(("Scaler:Api:Keys:0", null));

        foreach (var path in new[] { "/api/accounts", "/openapi/v1.json" })
        {
            using var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(404, (int)response.StatusCode);
        }

        Assert.Contains(host.Logs, static record => record.Message.Contains("The send API is disabled because no key is configured. Set Scaler:Api:Keys:0", StringComparison.Ordinal));
        await using var client = await TestClient.ConnectAsync(host.Url, "acme");
    }

    [Fact]
    public async Task Logs_ValidAndInvalidKeys_ContainNoKey()
    {
        await using var host = await StartAsync(("Scaler:Api:Keys:1", Next));
        await StatusAsync(host, ApiHost.Key);
        await StatusAsync(host, "wrong-key-that-is-long-enough-to-find");
        await StatusAsync(host, Next);

        foreach (var record in host.Logs)
        {
            var text = $"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])} {string.Join(' ', record.Scopes)}";
            Assert.DoesNotContain(ApiHost.Key, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Next, text, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-key", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Scaler:Api:Keys:1", "secret", "Scaler:Api:Keys:1 has 6 characters; it must have 32 or more, such as the output of 'openssl rand -hex 32'")]
    [InlineData("Scaler:Api:Keys:0", "", "Scaler:Api:Keys:0 has 0 characters")]
    [InlineData("Scaler:Api:Keys:0", "secret secret secret secret secret secret", "Scaler:Api:Keys:0 has 5 characters that are not allowed in a header")]
    [InlineData("Scaler:Api:MaxBodySize", "0", "Scaler:Api:MaxBodySize is '0'; it must be between 1024 and 16777216")]
    [InlineData("Scaler:Api:MaxConcurrentRequests", "0", "Scaler:Api:MaxConcurrentRequests is '0'; it must be between 1 and 10000")]
    public async Task Start_InvalidSetting_Throws(string key, string value, string message)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((key, value)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<int> StatusAsync(ApiHost host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/accounts", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", key);
        using var response = await host.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private async Task<ApiHost> StartAsync(params (string Key, string? Value)[] settings) =>
        await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), settings);
}
