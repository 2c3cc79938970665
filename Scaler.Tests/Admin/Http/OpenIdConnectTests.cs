using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Http;

/// <summary>Tests OpenID Connect login with a client that follows redirects, as a browser does.</summary>
public sealed class OpenIdConnectTests : IAsyncLifetime
{
    private FakeProvider _provider = null!;
    private AdminHost _host = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _host = await StartAsync(_provider.Issuer);
        _browser = NewBrowser(_host);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("operator", "operator")]
    [InlineData("reader", "reader")]
    [InlineData("reader operator", "operator")]
    public async Task Login_Role_OpensTheRequestedPageWithThatRole(string roles, string expected)
    {
        _provider.Roles = roles.Split(' ');
        using var page = await _browser.GetAsync(new Uri("/login/oidc?returnUrl=%2Fservers", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "/servers"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Contains("Ann Example", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var entry = Assert.Single(_host.Services.GetRequiredService<AuditLog>().Entries);
        Assert.Matches($"^Ann Example \\({expected} [0-9a-f]{{4}}\\) from 127.0.0.1$", entry.Who);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Operator")]
    [InlineData("cook")]
    public async Task Login_NoRole_IsRefusedAndAudited(string role)
    {
        _provider.Roles = role.Length == 0 ? [] : [role];
        using var page = await _browser.GetAsync(new Uri("/login/oidc", UriKind.Relative));
        Assert.Contains("has no role for this dashboard", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await _browser.GetAsync(new Uri("/servers", UriKind.Relative));
        Assert.Equal("/login", again.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(nameof(ActionOutcome.Refused), Assert.Single(_host.Services.GetRequiredService<AuditLog>().Entries).Outcome);
    }

    [Fact]
    public async Task Login_RoleInUserInfoUnderCustomClaim_IsAccepted()
    {
        _provider.UserInfoRoles = ["staff", "scaler-ops"];
        await using var host = await StartAsync(_provider.Issuer, ("RoleClaim", "groups"), ("OperatorRole", "scaler-ops"));
        using var browser = NewBrowser(host);
        using var page = await browser.GetAsync(new Uri("/login/oidc?returnUrl=%2Fservers", UriKind.Relative));
        Assert.Equal("/servers", page.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task Login_RefusedByProvider_ShowsError()
    {
        _provider.AuthorizationError = "access_denied";
        using var page = await _browser.GetAsync(new Uri("/login/oidc", UriKind.Relative));
        Assert.Contains("The login was not completed.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ProviderUnavailable_ShowsError()
    {
        await using var host = await StartAsync("http://127.0.0.1:9");
        using var browser = NewBrowser(host);
        using var page = await browser.GetAsync(new Uri("/login/oidc", UriKind.Relative));
        Assert.Contains("can&#x27;t be reached", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_WithoutChallenge_IsRefused()
    {
        using var page = await _browser.GetAsync(new Uri("/login/callback?code=made-up&state=made-up", UriKind.Relative));
        Assert.Contains("The login was not completed.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsInForce_ProviderConfigurationChanged_ReturnsFalse()
    {
        _provider.Roles = ["operator"];
        var user = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([new("roles", "operator"), new("sub", "x")]));
        var login = _host.Services.GetRequiredService<AdminLoginProvider>().CreateLogin(user, "127.0.0.1")!;
        Assert.True(_host.Services.GetRequiredService<AdminLoginProvider>().IsValid(login));
        await using var other = await StartAsync(_provider.Issuer, ("OperatorRole", "root"));
        Assert.False(other.Services.GetRequiredService<AdminLoginProvider>().IsValid(login));
    }

    [Fact]
    public async Task LoginPage_ProviderWithoutToken_OffersProviderOnly()
    {
        var page = await _browser.GetStringAsync(new Uri("/login", UriKind.Relative));
        Assert.Contains("Log in with Example ID", page, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Token\"", page, StringComparison.Ordinal);
        using var guess = await _browser.GetAsync(new Uri($"/login?t={AdminHost.Token}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
    }

    private static Task<AdminHost> StartAsync(string issuer, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Scaler:Admin:Token"] = null,
            ["Scaler:Admin:ReadOnlyToken"] = null,
            ["Scaler:Admin:OpenIdConnect:Authority"] = issuer,
            ["Scaler:Admin:OpenIdConnect:ClientId"] = FakeProvider.ClientId,
            ["Scaler:Admin:OpenIdConnect:ClientSecret"] = FakeProvider.ClientSecret,
            ["Scaler:Admin:OpenIdConnect:DisplayName"] = "Example ID",
        };
        foreach (var (key, value) in settings)
        {
            all[$"Scaler:Admin:OpenIdConnect:{key}"] = value;
        }

        return AdminHost.StartAsync(SampleCluster.CreateHealthy, settings: all);
    }

    private static HttpClient NewBrowser(AdminHost host)
    {
        var browser = new HttpClient { BaseAddress = host.Address };
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        return browser;
    }
}
