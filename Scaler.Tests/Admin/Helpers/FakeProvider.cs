using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>An OpenID Connect provider with one user, who is always signed in. It validates the client secret and PKCE.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "scaler-admin";
    public const string ClientSecret = "client secret";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RsaSecurityKey _key;
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge)> _codes = new();

    private FakeProvider()
    {
        _key = new RsaSecurityKey(_rsa) { KeyId = "one" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["userinfo_endpoint"] = $"{Issuer}/userinfo",
            ["jwks_uri"] = $"{Issuer}/keys",
            ["response_types_supported"] = new[] { "code" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        });
        _app.MapGet("/keys", () =>
        {
            var key = _rsa.ExportParameters(false);
            return new
            {
                keys = new[]
                {
                    new { kty = "RSA", use = "sig", kid = "one", alg = "RS256", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) },
                },
            };
        });
        _app.MapGet("/authorize", (string redirect_uri, string state, string nonce, string code_challenge, string client_id) =>
        {
            if (AuthorizationError is { } refusal)
            {
                return Results.Redirect($"{redirect_uri}?error={refusal}&state={Uri.EscapeDataString(state)}");
            }

            var code = Guid.NewGuid().ToString("N");
            _codes[code] = (nonce, code_challenge);
            return client_id == ClientId ? Results.Redirect($"{redirect_uri}?code={code}&state={Uri.EscapeDataString(state)}") : Results.BadRequest();
        });
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var challenge = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            return form["client_secret"] == ClientSecret && _codes.TryRemove(form["code"].ToString(), out var issued) && issued.Challenge == challenge
                ? Results.Json(new { access_token = "access token", token_type = "Bearer", expires_in = 60, id_token = Token(issued.Nonce) })
                : Results.BadRequest();
        });
        _app.MapGet("/userinfo", () => new Dictionary<string, object> { ["sub"] = "ann-1", ["groups"] = UserInfoRoles });
    }

    public string Issuer => _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    /// <summary>Gets or sets the roles in the id token.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>Gets or sets the roles in the user info response, under the claim <c>groups</c>.</summary>
    public string[] UserInfoRoles { get; set; } = [];

    /// <summary>Gets or sets the error returned instead of an authorization code.</summary>
    public string? AuthorizationError { get; set; }

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        await provider._app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private string Token(string nonce) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = ClientId,
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1),
        Claims = new Dictionary<string, object> { ["sub"] = "ann-1", ["name"] = "Ann Example", ["nonce"] = nonce, ["roles"] = Roles },
        SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
    });
}
