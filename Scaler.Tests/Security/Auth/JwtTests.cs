using System.Net.WebSockets;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Auth;

/// <summary>Tests handshakes with and without a token.</summary>
public sealed class JwtTests(Backends backends) : IClassFixture<Backends>
{
    private const string NotValid = "Forbidden: the token is not valid";

    // Each test creates its token: one created before all tests could expire before they end.
    private static readonly Dictionary<string, (Func<string?> Token, string Message)> InvalidTokens = new()
    {
        ["no token"] = (static () => null, "Forbidden: a token is required"),
        ["nonsense"] = (static () => "nonsense", NotValid),
        ["empty JWT parts"] = (static () => "e30.e30.e30", NotValid),
        ["expired"] = (static () => TestTokens.Create("acme", change: static t => t.Expires = Now.AddMinutes(-1)), "Forbidden: the token has expired"),
        ["no expiry"] =
            (static () => TestTokens.Create("acme", change: static t => t.Expires = null), "Forbidden: the token has expired"),
        ["not yet valid"] = (static () => TestTokens.Create("acme", change: static t => t.NotBefore = Now.AddMinutes(1)), NotValid),
        ["another audience"] = (static () => TestTokens.Create("acme", change: static t => t.Audience = "mail"), NotValid),
        ["no audience"] = (static () => TestTokens.Create("acme", change: static t => t.Audience = null), NotValid),
        ["another issuer"] = (static () => TestTokens.Create("acme", change: static t => t.Issuer = "https://evil.example"), NotValid),
        ["another key"] = (static () => TestTokens.Create("acme", change: static t => t.SigningCredentials = Hmac("another secret of thirty-two bytes and more")), NotValid),
        ["no signature"] = (static () => TestTokens.Create("acme", change: static t => t.SigningCredentials = null), NotValid),
        ["another account"] = (static () => TestTokens.Create("acme2"), "Forbidden: the token is not for this account"),
        ["no account"] = (static () => TestTokens.Create([]), "Forbidden: the token is not for this account"),
    };

    public static TheoryData<string> InvalidTokenNames => [.. InvalidTokens.Keys];

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    [Theory, MemberData(nameof(InvalidTokenNames))]
    public async Task Handshake_InvalidToken_IsRefusedAndHarmsNoOtherClient(string problem)
    {
        var (token, message) = (InvalidTokens[problem].Token(), InvalidTokens[problem].Message);
        await using var server = await StartAsync();
        await using var neighbour = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: true, more: "&access_token=" + TestTokens.Create("acme"));
        foreach (var inQuery in new[] { true, false })
        {
            Assert.Equal((403, message), await HandshakeAsync(server, "&account=acme", inQuery ? token : null, inQuery ? null : token));
        }

        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(WebSocketUrl(server, "&account=acme" + (token is null ? "" : "&access_token=" + token)), default));
        Assert.Equal(403, (int)socket.HttpStatusCode);

        await neighbour.SendAsync($$"""{"event":"echo","args":["{{problem}}"]}""");
        Assert.Equal($$"""{"event":"echo","args":["{{problem}}"]}""", await neighbour.ReadMessageAsync());
        Assert.Equal(1, server.ConnectionCount);
    }

    [Theory]
    [InlineData("&account=acme", "acme", true)]
    [InlineData("&account=acme", "acme", false)]
    [InlineData("", "acme", true)]
    [InlineData("&account=", "acme", false)]
    [InlineData("&account=acme2", "acme2", true, "acme", "acme2")]
    public async Task Handshake_ValidToken_ConnectsAsItsAccount(
        string query, string account, bool inQuery, params string[] accounts)
    {
        await using var server = await StartAsync();
        var token = TestTokens.Create(accounts.Length == 0 ? ["acme"] : accounts);

        Assert.Equal((200, ""), await HandshakeAsync(server, query, inQuery ? token : null, inQuery ? null : token));

        var connection = Assert.Single(server.Connections);
        Assert.Equal((account, "ann"), (connection.Account.Name, connection.User));
        Assert.False(connection.Session.Handshake.Query.ContainsKey("access_token") || connection.Session.Handshake.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task WebSocket_TokenInQueryOrHeader_Connects()
    {
        await using var server = await StartAsync();
        foreach (var inQuery in new[] { true, false })
        {
            using var socket = new ClientWebSocket();
            if (!inQuery)
            {
                socket.Options.SetRequestHeader("Authorization", "bearer " + TestTokens.Create("acme"));
            }

            await socket.ConnectAsync(WebSocketUrl(server, inQuery ? "&access_token=" + TestTokens.Create("acme") : ""), default).WithTimeout();
            var buffer = new byte[1024];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WithTimeout("the open packet");
            Assert.StartsWith("0{", Encoding.UTF8.GetString(buffer, 0, received.Count), StringComparison.Ordinal);
        }

        Assert.All(server.Connections, static connection => Assert.Equal("acme", connection.Account.Name));
    }

    [Fact]
    public async Task Handshake_TwoTokens_Returns400()
    {
        await using var server = await StartAsync();
        var token = TestTokens.Create("acme");
        Assert.Equal((400, "Bad request: the token is given more than once"), await HandshakeAsync(server, "", token, token));
        Assert.Equal((400, "Bad request: the token is given more than once"), await HandshakeAsync(server, "&access_token=" + token, token, null));
    }

    [Fact]
    public async Task Handshake_TokenForSeveralAccounts_RequiresTheAccountInTheQuery()
    {
        await using var server = await StartAsync();
        Assert.Equal(
            (400, "Bad request: the token is for 2 accounts, so the query parameter 'account' is required"),
            await HandshakeAsync(server, "", TestTokens.Create(["a", "b"]), null));
        Assert.Equal((400, "Bad request: the query parameter 'account' is required"), await HandshakeAsync(server, "", TestTokens.Create([]), null));
        Assert.Equal(
            (400, "Bad request: the query parameter 'account' has a control character"), await HandshakeAsync(server, "", TestTokens.Create("a\nb"), null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Handshake_PublicKeyConfigured_AcceptsOnlyTokensOfItsPrivateKey(bool elliptic)
    {
        var (credentials, pem) = TestTokens.NewKey(elliptic);
        await using var server = await StartAsync(options => options.Auth.Jwt.SigningKey = pem);

        Assert.Equal((200, ""), await HandshakeAsync(server, "", TestTokens.Create("acme", change: t => t.SigningCredentials = credentials), null));
        Assert.Equal((403, NotValid), await HandshakeAsync(server, "", TestTokens.Create("acme", change: t => t.SigningCredentials = TestTokens.NewKey(elliptic).Credentials), null));

        // Algorithm confusion: the token is signed with the public key as an HMAC secret.
        Assert.Equal((403, NotValid), await HandshakeAsync(server, "", TestTokens.Create("acme", change: t => t.SigningCredentials = Hmac(pem)), null));
    }

    /// <summary>A key is rotated by accepting the next one in addition, in either direction and also between key types.</summary>
    [Fact]
    public async Task Handshake_AdditionalSigningKeys_AcceptsTokensOfEachKey()
    {
        const string Next = "the next secret, 9f2c1b7e40d64a58";
        var (credentials, pem) = TestTokens.NewKey(elliptic: false);
        await using var server = await StartAsync(options =>
        {
            options.Auth.Jwt.AdditionalSigningKeys.Add(Next);
            options.Auth.Jwt.AdditionalSigningKeys.Add(pem);
        });

        Assert.Equal((200, ""), await HandshakeAsync(server, "", TestTokens.Create("acme"), null));
        foreach (var key in new[] { Hmac(Next), credentials })
        {
            Assert.Equal(
                (200, ""),
                await HandshakeAsync(server, "", TestTokens.Create("acme", change: t => t.SigningCredentials = key), null));
        }

        foreach (var key in new[]
        {
            Hmac(pem), Hmac("an unknown secret of 32 characters or more"), TestTokens.NewKey(elliptic: false).Credentials,
        })
        {
            Assert.Equal(
                (403, NotValid),
                await HandshakeAsync(server, "", TestTokens.Create("acme", change: t => t.SigningCredentials = key), null));
        }
    }

    /// <summary>RFC 8725 section 3.11: a token that was issued for another purpose is not an access token.</summary>
    [Theory]
    [InlineData("JWT", 200)]
    [InlineData("at+jwt", 200)]
    [InlineData("application/at+jwt", 200)]
    [InlineData("logout+jwt", 403)]
    [InlineData("dpop+jwt", 403)]
    [InlineData("secevent+jwt", 403)]
    public async Task Handshake_TokenType_AcceptsAccessTokensOnly(string type, int status)
    {
        await using var server = await StartAsync();
        var token = TestTokens.Create("acme", change: t => t.TokenType = type);
        Assert.Equal(status, (await HandshakeAsync(server, "", token, null)).Status);
    }

    /// <summary>RFC 7515 section 4.1.11: a token with an extension that must be understood is refused.</summary>
    [Fact]
    public async Task Handshake_TokenWithCriticalHeader_Returns403()
    {
        await using var server = await StartAsync();
        var token = TestTokens.Create("acme", change: static t => t.AdditionalHeaderClaims = new Dictionary<string, object>
        {
            ["crit"] = new[] { "exp" },
        });
        Assert.Equal((403, NotValid), await HandshakeAsync(server, "", token, null));
    }

    [Fact]
    public async Task Handshake_ClaimNamesConfigured_ReadsAccountAndUserFromThem()
    {
        await using var server = await StartAsync(static options => (options.Auth.AccountClaim, options.Auth.UserClaim) = ("tenant", "email"));
        var token = TestTokens.Create("ignored", change: static t => (t.Claims["tenant"], t.Claims["email"]) = ("acme", "ann@example.org"));

        Assert.Equal((200, ""), await HandshakeAsync(server, "", token, null));

        var connection = Assert.Single(server.Connections);
        Assert.Equal(("acme", "ann@example.org"), (connection.Account.Name, connection.User));
    }

    [Fact]
    public async Task Connection_TokenExpires_ClosesOnlyThatConnection()
    {
        await using var server = await StartAsync();
        var brief = TestTokens.Create("acme", change: static t => t.Expires = Now.AddSeconds(2));
        await using var socket = await TestClient.ConnectAsync(server.GetUrl(), "acme", more: "&access_token=" + brief);
        await using var polling = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: true, more: "&access_token=" + brief);
        await using var neighbour = await TestClient.ConnectAsync(server.GetUrl(), "acme", more: "&access_token=" + TestTokens.Create("acme"));

        Assert.Equal("4403 token expired", await socket.Closed.WithTimeout());
        await polling.Closed.WithTimeout();
        await neighbour.SendAsync("""{"event":"echo"}""");
        Assert.Equal("""{"event":"echo"}""", await neighbour.ReadMessageAsync());
        await Deadline.WaitUntilAsync(() => server.ConnectionCount == 1);
    }

    [Fact]
    public async Task Connection_TokenExpiresWithCloseAtExpiryOff_StaysOpen()
    {
        await using var server = await StartAsync(static options => options.Auth.CloseAtExpiry = false);
        var brief = TestTokens.Create("acme", change: static t => t.Expires = Now.AddSeconds(2));
        await using var polling = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: true, more: "&access_token=" + brief);
        await Deadline.WaitUntilAsync(async () => (await HandshakeAsync(server, "", brief, null)).Status == 403);

        await polling.SendAsync("""{"event":"echo"}""");
        Assert.Equal("""{"event":"echo"}""", await polling.ReadMessageAsync());
    }

    internal static async Task<(int Status, string Message)> HandshakeAsync(ScalerServer server, string query, string? inQuery, string? inHeader)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{server.GetUrl()}/stream/?EIO=4&transport=polling{query}{(inQuery is null ? "" : "&access_token=" + inQuery)}");
        if (inHeader is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + inHeader);
        }

        using var answer = await http.SendAsync(request).WithTimeout();
        var body = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, body.StartsWith('{') ? System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("message").GetString()! : "");
    }

    private static Uri WebSocketUrl(ScalerServer server, string query) =>
        new($"{server.GetUrl().Replace("http", "ws", StringComparison.Ordinal)}/stream/?EIO=4&transport=websocket{query}");

    private static SigningCredentials Hmac(string secret) => new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256);

    private async Task<ScalerServer> StartAsync(Action<ScalerOptions>? configure = null) => await ScalerTestServer.StartAsync(
        await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix(),
        options =>
        {
            TestTokens.ConfigureTrust(options);
            configure?.Invoke(options);
        },
        static server => server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken)));
}
