namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests what a session keeps of its handshake request, whose size the client chooses.</summary>
public sealed class KeptHandshakeTests
{
    private const string Handshake = "?EIO=4&transport=polling&account=acme";

    [Fact]
    public async Task Session_HandshakeWithLargeUnlistedHeaders_KeepsAsMuchAsWithoutThem()
    {
        await using var host = await EngineTestHost.StartAsync();
        var plain = await OpenAsync(host, Handshake, ("User-Agent", "test/1.0"));
        var large = await OpenAsync(
            host, Handshake, [("User-Agent", "test/1.0"), .. Enumerable.Range(0, 10).Select(static i => ($"X-Large-{i}", new string('x', 3_000)))]);

        Assert.Equal(plain.KeptLength, large.KeptLength);
        Assert.False(large.IsTruncated);
        Assert.Equal("test/1.0", large.GetHeader("user-agent"));
        Assert.Null(large.GetHeader("X-Large-0"));
        Assert.Equal(["Host", "User-Agent"], large.Headers.Keys.Order());
    }

    [Fact]
    public async Task Session_LargeListedHeaders_AreCutAtTheLimit()
    {
        await using var host = await EngineTestHost.StartAsync();
        var kept = await OpenAsync(
            host, Handshake, ("User-Agent", new string('a', 3_000)), ("Referer", new string('b', 3_000)),
            ("Accept-Language", "en"));

        Assert.Equal(4_096, kept.KeptLength);
        Assert.True(kept.IsTruncated);
        Assert.Equal(new string('a', 3_000), kept.GetHeader("User-Agent"));
        Assert.Matches("^b{1,1100}$", kept.GetHeader("Referer"));
        Assert.Equal("acme", kept.Query["account"]);
    }

    [Fact]
    public async Task Session_LargeQueryParameter_IsDroppedAsAWhole()
    {
        await using var host = await EngineTestHost.StartAsync();
        var kept = await OpenAsync(host, Handshake + "&large=" + new string('x', 5_000) + "&room=7%208");

        Assert.Equal(["account", "room"], kept.Query.Keys.Order());
        Assert.Equal("7 8", kept.Query["room"]);
        Assert.True(kept.IsTruncated);
    }

    [Fact]
    public async Task Session_QueryParametersOfTheProtocolAndToken_AreNotKept()
    {
        await using var host = await EngineTestHost.StartAsync();
        var kept = await OpenAsync(host, "?EIO=4&transport=polling&t=abc&b64=1&access_token=secret&a=1&a=2&flag");

        Assert.Equal(["a", "flag"], kept.Query.Keys.Order());
        Assert.Equal("1,2", kept.Query["a"]);
        Assert.False(kept.IsTruncated);
    }

    [Fact]
    public async Task Session_KeptHeadersConfigured_KeepsOnlyThem()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.KeptHeaders = ["X-Tenant"]);
        var kept = await OpenAsync(host, Handshake, ("x-tenant", "one"), ("User-Agent", "test/1.0"));

        Assert.Equal(
            ("X-Tenant", "one"), Assert.Single(kept.Headers.Select(static header => (header.Key, header.Value.ToString()))));
        Assert.Equal("one", kept.GetHeader("X-Tenant"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("User Agent")]
    [InlineData("X-A:")]
    public void Validate_KeptHeadersWithoutAHeaderName_Fails(string name)
    {
        var result = new EngineIOOptionsValidator().Validate(null, new EngineIOOptions { KeptHeaders = [name] });
        Assert.Contains("KeptHeaders", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    private static async Task<EngineHandshake> OpenAsync(
        EngineTestHost host, string query, params (string Name, string Value)[] headers)
    {
        Assert.Equal(200, (int)(await host.GetAsync(query, headers)).Status);
        return (await host.Handler.WaitForOpenedAsync()).Handshake;
    }
}
