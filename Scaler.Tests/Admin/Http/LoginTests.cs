using System.Net;
using System.Text.RegularExpressions;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Http;

public sealed partial class LoginTests : IAsyncLifetime
{
    private AdminHost _host = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await AdminHost.StartAsync(SampleCluster.CreateHealthy);
        _client = _host.NewClient();
        _client.DefaultRequestHeaders.Add("Accept", "text/html");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/servers")]
    [InlineData("/accounts/acme")]
    [InlineData("/no-such-page")]
    public async Task Page_NotLoggedIn_RedirectsToLogin(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/login", response.Headers.Location!.AbsolutePath);
    }

    [Theory]
    [InlineData("/export/accounts.csv")]
    [InlineData("/export/errors.json")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/")]
    public async Task AnyPath_NotLoggedInAndNotABrowser_Returns401(string path)
    {
        using var client = _host.NewClient();
        using var response = path.StartsWith("/_blazor", StringComparison.Ordinal)
            ? await client.PostAsync(new Uri(path, UriKind.Relative), null)
            : await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    [InlineData("/login")]
    [InlineData("/app.css")]
    [InlineData("/app.js")]
    [InlineData("/favicon.svg")]
    [InlineData("/Scaler.Admin.styles.css")]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/_content/Microsoft.FluentUI.AspNetCore.Components/Microsoft.FluentUI.AspNetCore.Components.lib.module.js")]
    public async Task AnonymousPath_NotLoggedIn_Returns200(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task LoginLink_ValidToken_SetsStrictCookie()
    {
        using var response = await _client.GetAsync(new Uri($"/login?t={AdminHost.Token}&returnUrl=/servers", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/servers", response.Headers.Location!.AbsolutePath);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("scaler.admin=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);

        using var page = await _client.GetAsync(new Uri("/servers", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain(AdminHost.Token, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoginLink_InvalidToken_Returns401()
    {
        using var response = await _client.GetAsync(new Uri("/login?t=0123456789abcdef-guess", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie") && response.Headers.GetValues("Set-Cookie").Any(value => value.StartsWith("scaler.admin", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task LoginLink_ExternalReturnUrl_RedirectsHome(string url)
    {
        using var response = await _client.GetAsync(new Uri($"/login?t={AdminHost.Token}&returnUrl={Uri.EscapeDataString(url)}", UriKind.Relative));
        Assert.Equal(new Uri(_host.Address, "/"), new Uri(_host.Address, response.Headers.Location!));
    }

    [Fact]
    public async Task LoginForm_NoAntiforgeryToken_Returns400()
    {
        using var form = new FormUrlEncodedContent([new("_handler", "login"), new("Token", AdminHost.Token)]);
        using var response = await _client.PostAsync(new Uri("/login", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task LoginForm_ValidToken_LogsIn()
    {
        using var response = await PostFormAsync(AdminHost.ReadOnlyToken);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        using var page = await _client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task LoginForm_InvalidToken_ShowsError()
    {
        using var response = await PostFormAsync("wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("The token is not valid.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_NoAntiforgeryToken_Returns400()
    {
        using var login = await _client.GetAsync(new Uri($"/login?t={AdminHost.Token}", UriKind.Relative));
        using var form = new FormUrlEncodedContent([new("a", "b")]);
        using var response = await _client.PostAsync(new Uri("/logout", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task AnyResponse_HasSecurityHeaders()
    {
        using var response = await _client.GetAsync(new Uri("/login", UriKind.Relative));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    private async Task<HttpResponseMessage> PostFormAsync(string token)
    {
        var page = await _client.GetStringAsync(new Uri("/login", UriKind.Relative));
        using var form = new FormUrlEncodedContent(
        [
            new("_handler", "login"),
            new("__RequestVerificationToken", AntiforgeryToken().Match(page).Groups[1].Value),
            new("Token", token),
        ]);
        return await _client.PostAsync(new Uri("/login", UriKind.Relative), form);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
