using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests that the program serves the API. The program starts without Redis and waits for it.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Program_WithAKey_ServesTheApiToThatKeyOnly()
    {
        await using var stream = await StreamProcess.StartAsync($"127.0.0.1:{FreePorts.GetFreePort()},abortConnect=false,connectTimeout=100", $"--Scaler:Api:Keys:0={ApiHost.Key}");
        using var client = new HttpClient { BaseAddress = new Uri(stream.Url) };

        using var refused = await client.GetAsync(new Uri("/api/accounts", UriKind.Relative));
        client.DefaultRequestHeaders.Authorization = new("Bearer", ApiHost.Key);
        using var away = await client.GetAsync(new Uri("/api/accounts", UriKind.Relative));

        Assert.Equal((401, 503), ((int)refused.StatusCode, (int)away.StatusCode));
        Assert.DoesNotContain(ApiHost.Key, stream.Output, StringComparison.Ordinal);
    }
}
