using Scaler.Admin.Configuration;
using Scaler.Admin.Security;

namespace Scaler.Tests.Admin.Services;

public sealed class SettingsTests
{
    [Fact]
    public void Validate_Defaults_Succeed() => Assert.True(new AdminOptionsValidator().Validate(null, new AdminOptions()).Succeeded);

    [Fact]
    public void Validate_ShortToken_NamesTheKeyButNotTheToken()
    {
        var failure = new AdminOptionsValidator().Validate(null, new AdminOptions { Token = "hunter2" }).FailureMessage!;
        Assert.Contains("Scaler:Admin:Token has 7 characters", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SameTokenTwice_Fails()
    {
        var options = new AdminOptions { Token = "0123456789abcdef", ReadOnlyToken = "0123456789abcdef" };
        Assert.Contains("Scaler:Admin:ReadOnlyToken is the same", new AdminOptionsValidator().Validate(null, options).FailureMessage!, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_IntervalTooShort_NamesValueAndRange()
    {
        var failure = new AdminOptionsValidator().Validate(null, new AdminOptions { SampleInterval = TimeSpan.Zero }).FailureMessage!;
        Assert.Contains("Scaler:Admin:SampleInterval is 00:00:00", failure, StringComparison.Ordinal);
        Assert.Contains("from 00:00:00.2500000 to 00:01:00", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", null, "OpenIdConnect:Authority is ''")]
    [InlineData("Authority", "login.example.com", "OpenIdConnect:Authority is 'login.example.com'")]
    [InlineData("Authority", "http://login.example.com", "set it to the provider's https URL")]
    [InlineData("ClientId", null, "OpenIdConnect:ClientId is missing")]
    [InlineData("RoleClaim", " ", "OpenIdConnect:RoleClaim is empty")]
    [InlineData("ReaderRole", "operator", "OpenIdConnect:ReaderRole is the same")]
    [InlineData("Scope", "profile", "it must include openid")]
    public void Validate_InvalidProvider_NamesTheKeyButNotTheSecret(string key, string? value, string expected)
    {
        var provider = new AdminOpenIdConnectOptions { Authority = "https://login.example.com", ClientId = "scaler", ClientSecret = "hunter2" };
        Assert.True(new AdminOptionsValidator().Validate(null, new AdminOptions { OpenIdConnect = provider }).Succeeded);
        typeof(AdminOpenIdConnectOptions).GetProperty(key)!.SetValue(provider, value);
        var failure = new AdminOptionsValidator().Validate(null, new AdminOptions { OpenIdConnect = provider }).FailureMessage!;
        Assert.Contains(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8082")]
    [InlineData("/dashboard")]
    [InlineData("javascript:alert(1)")]
    public void Validate_InvalidDashboardUrl_Fails(string url) => Assert.Contains(
        $"Scaler:Admin:DashboardUrl is '{url}'", new AdminOptionsValidator().Validate(null, new AdminOptions { DashboardUrl = url }).FailureMessage!, StringComparison.Ordinal);

    [Fact]
    public void Validate_ZeroLoginAttempts_Fails() => Assert.Contains(
        "Scaler:Admin:LoginAttemptsPerMinute is 0",
        new AdminOptionsValidator().Validate(null, new AdminOptions { LoginAttemptsPerMinute = 0 }).FailureMessage!, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData(" ", "is empty")]
    [InlineData("password=secret", "contains no address")]
    [InlineData("localhost:6379,nonsense=1,password=secret", "starts with 'localhost:6379'")]
    [InlineData("rediss://", "starts with 'rediss://'")]
    [InlineData("rediss://user:secret@:x", "or rediss://user:password@host:6380")]
    [InlineData("rediss://user:sec%2Cret@host", "The password in the Redis URL contains a comma")]
    public void Problem_InvalidConnectionString_NamesTheKeyButNotThePassword(string? value, string expected)
    {
        var problem = ScalerRedisOptions.FindProblem("ConnectionStrings:redis", value);
        Assert.Contains("ConnectionStrings:redis", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:6379")]
    [InlineData("redis:6379,password=secret,ssl=true")]
    [InlineData("rediss://user:secret@redis:6380")]
    public void Problem_ValidConnectionString_ReturnsNull(string value) => Assert.Null(ScalerRedisOptions.FindProblem("ConnectionStrings:redis", value));

    [Theory]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("/accounts/acme?x=1", "/accounts/acme?x=1")]
    [InlineData("https://evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/login?t=x", "/")]
    public void OrHome_ExternalOrLoginUrl_ReturnsHome(string? url, string expected) => Assert.Equal(expected, LocalUrl.GetLocalOrHome(url));
}
