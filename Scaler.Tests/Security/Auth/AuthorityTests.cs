using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Auth;

/// <summary>Tests tokens of an OpenID Connect provider. Its keys and issuer are read from its metadata.</summary>
public sealed class AuthorityTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task Handshake_TokenOfTheAuthority_ConnectsEvenIfTheAuthorityStartsLate()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "one" };
        var url = $"http://127.0.0.1:{FreePorts.GetFreePort()}";
        string Token(SecurityKey signedBy, string issuer) => TestTokens.Create("acme", change: token =>
        {
            token.Issuer = issuer;
            token.SigningCredentials = new SigningCredentials(signedBy, SecurityAlgorithms.RsaSha256);
        });
        await using var server = await ScalerTestServer.StartAsync(
            await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(),
            options =>
            {
                options.Auth.Mode = ScalerAuthMode.Jwt;
                (options.Auth.Jwt.Authority, options.Auth.Jwt.RequireHttps, options.Auth.Jwt.Audience) = (url, false, TestTokens.Audience);
            });

        // While the provider is down, tokens are refused. They are accepted once it is reachable.
        Assert.Equal((403, "Forbidden: the token is not valid"), await JwtTests.HandshakeAsync(server, "", Token(key, url), null));
        await using var provider = await StartProviderAsync(url, key);
        await Deadline.WaitUntilAsync(async () => (await JwtTests.HandshakeAsync(server, "", Token(key, url), null)).Status == 200);

        using var other = RSA.Create(2048);
        Assert.Equal(403, (await JwtTests.HandshakeAsync(server, "", Token(new RsaSecurityKey(other) { KeyId = "one" }, url), null)).Status);
        Assert.Equal(403, (await JwtTests.HandshakeAsync(server, "", Token(new RsaSecurityKey(other) { KeyId = "two" }, url), null)).Status);
        Assert.Equal(403, (await JwtTests.HandshakeAsync(server, "", Token(key, "https://evil.example"), null)).Status);
        Assert.Equal("acme", Assert.Single(server.Connections).Account.Name);
        await provider.StopAsync();
    }

    private static async Task<WebApplication> StartProviderAsync(string url, RsaSecurityKey key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.Rsa.ExportParameters(includePrivateParameters: false)) { KeyId = key.KeyId });
        var builder = WebApplication.CreateSlimBuilder(["--urls", url]);
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object> { ["issuer"] = url, ["jwks_uri"] = url + "/keys" }));
        app.MapGet("/keys", () => Results.Json(new { keys = new[] { new { kty = jwk.Kty, kid = jwk.Kid, use = "sig", n = jwk.N, e = jwk.E } } }));
        await app.StartAsync();
        return app;
    }
}
