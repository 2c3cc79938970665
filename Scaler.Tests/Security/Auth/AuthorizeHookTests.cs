using Scaler.EngineIO;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Auth;

/// <summary>Tests <see cref="ScalerOptions.AuthorizeAsync"/>, the authorization callback of the application.</summary>
public sealed class AuthorizeHookTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task AuthorizeAsync_Refuses_SendsTheReasonToTheClient()
    {
        var accounts = new List<string?>();
        await using var server = await StartAsync(options => options.AuthorizeAsync = context =>
        {
            accounts.Add(context.Account);
            return ValueTask.FromResult(context.HttpContext.Request.Query["ticket"] == "valid" ? EngineAuthorization.Allow : EngineAuthorization.Refuse("no ticket"));
        });
        await using var neighbour = await TestClient.ConnectAsync(server.GetUrl(), "acme", more: "&ticket=valid");

        Assert.Equal((403, "no ticket"), await JwtTests.HandshakeAsync(server, "&account=acme", null, null));
        Assert.Equal((400, "Bad request: the query parameter 'account' has 300 characters, at most 256 are allowed"), await JwtTests.HandshakeAsync(server, "&account=" + new string('a', 300), null, null));
        Assert.Equal((403, "no ticket"), await JwtTests.HandshakeAsync(server, "", null, null));

        Assert.Equal(["acme", "acme", null], accounts);
        Assert.Equal(1, server.ConnectionCount);
        await server.BroadcastAsync("news");
        Assert.Equal("""{"event":"news","args":[]}""", await neighbour.ReadMessageAsync());
    }

    [Fact]
    public async Task AuthorizeAsync_SetsAccountAndExpiry_AppliesBoth()
    {
        await using var server = await StartAsync(static options => options.AuthorizeAsync = static context =>
        {
            context.Account ??= context.HttpContext.Request.Query["ticket"];
            context.ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(1);
            return ValueTask.FromResult(EngineAuthorization.Allow);
        });
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "", more: "&ticket=acme");

        Assert.Equal("acme", Assert.Single(server.Connections).Account.Name);
        Assert.Equal((400, "Bad request: the query parameter 'account' is required"), await JwtTests.HandshakeAsync(server, "", null, null));
        Assert.Equal("4403 token expired", await client.Closed.WithTimeout());
    }

    [Fact]
    public async Task AuthorizeAsync_TokenRequired_RunsAfterTokenValidation()
    {
        var users = new List<string?>();
        await using var server = await StartAsync(options =>
        {
            TestTokens.ConfigureTrust(options);
            options.EngineIO.AuthorizeAsync = static context =>
                ValueTask.FromResult(context.Request.Query.ContainsKey("barred") ? EngineAuthorization.Refuse("barred") : EngineAuthorization.Allow);
            options.AuthorizeAsync = context =>
            {
                users.Add(context.User.Identity?.Name);
                return ValueTask.FromResult(EngineAuthorization.Allow);
            };
        });

        Assert.Equal((403, "Forbidden: a token is required"), await JwtTests.HandshakeAsync(server, "&account=acme", null, null));
        Assert.Equal((403, "barred"), await JwtTests.HandshakeAsync(server, "&barred", TestTokens.Create("acme"), null));
        Assert.Empty(users);
        Assert.Equal((200, ""), await JwtTests.HandshakeAsync(server, "", TestTokens.Create("acme"), null));
        Assert.Equal(["ann"], users);
    }

    private async Task<ScalerServer> StartAsync(Action<ScalerOptions> configure) =>
        await ScalerTestServer.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(), configure);
}
