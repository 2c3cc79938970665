using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Scaler.Tests;

public sealed class ScalerOptionsTests
{
    public static TheoryData<Action<ScalerOptions>, string> Invalid => new()
    {
        { o => o.Path = "stream", "Scaler:Path is 'stream'; it must be a path that begins with '/'." },
        { o => o.Prefix = "a{b}", "Scaler:Prefix is 'a{b}'; it must be 1 to 64 letters" },
        { o => o.MaxAccountLength = 0, "Scaler:MaxAccountLength is '0'; it must be between 1 and 1024." },
        { o => o.MaxConnectionsPerAccount = -1, "Scaler:MaxConnectionsPerAccount is '-1'" },
        { o => o.MaxErrorMessageLength = -1, "Scaler:MaxErrorMessageLength is '-1'" },
        { o => o.Cluster.ServerId = "a.b", "Scaler:Cluster:ServerId is 'a.b'" },
        { o => o.Cluster.AdvertisedUrl = "ftp://x",
            "Scaler:Cluster:AdvertisedUrl is 'ftp://x'; it must be an absolute http or https URL without a path" },
        { o => o.Cluster.AdvertisedUrl = "http://stream-1:8080/path?x=",
            "Scaler:Cluster:AdvertisedUrl is 'http://stream-1:8080/path?x='" },
        { o => o.Cluster.AdvertisedUrl = "http://user:password@stream-1:8080", "Scaler:Cluster:AdvertisedUrl is" },
        { o => o.Cluster.Secret = "short",
            "Scaler:Cluster:Secret is '(hidden)'; it must be a random text of 32 characters or more; it has 5 characters." },
        { o => o.Cluster.Secret = new string('x', 32),
            "Scaler:Cluster:Secret is '(hidden)'; it must be a random text of 32 characters or more; it has only 1 different" },
        { o => o.Cluster.AdditionalSecrets.Add("the second secret of the cluster, 32"),
            "Scaler:Cluster:AdditionalSecrets is '(hidden)'; it must be empty unless Cluster:Secret is set." },
        { o => AddSecret(o, "short"), "Scaler:Cluster:AdditionalSecrets:0 is '(hidden)'; it must be a random text of 32 characters or more; it has 5 characters." },
        { o => o.Cluster.LeaseDuration = TimeSpan.FromHours(1), "Scaler:Cluster:LeaseDuration is '01:00:00'" },
        { o => o.Cluster.LeaseRenewal = TimeSpan.FromSeconds(4), "less than half of Cluster:LeaseDuration (00:00:05)" },
        { o => o.Cluster.RegistrationTimeout = TimeSpan.FromMinutes(1), "Scaler:Cluster:RegistrationTimeout is '00:01:00'" },
        { o => o.Cluster.SendTimeout = TimeSpan.Zero, "Scaler:Cluster:SendTimeout" },
        { o => o.Cluster.ReceiptTimeout = TimeSpan.Zero, "Scaler:Cluster:ReceiptTimeout" },
        { o => o.Cluster.ForwardConnectTimeout = TimeSpan.Zero, "Scaler:Cluster:ForwardConnectTimeout" },
        { o => o.EngineIO.MaxPayload = 0, "Scaler:EngineIO:MaxPayload is 0; it must be from 1" },
        { o => o.Auth.Mode = (ScalerAuthMode)7, "Scaler:Auth:Mode is '7'; it must be 'None' or 'Jwt'." },
        { o => o.Auth.AccountClaim = " ", "Scaler:Auth:AccountClaim is ' '; it must be the name of the claim that holds the account" },
        { o => o.Auth.UserClaim = "", "Scaler:Auth:UserClaim is ''" },
        { o => Jwt(o).SigningKey = null, "Scaler:Auth:Jwt:Authority is ''; it must be the https URL of the provider" },
        { o => Jwt(o).Authority = "https://id.example", "Scaler:Auth:Jwt:SigningKey is '(hidden)'; it must be unset when Auth:Jwt:Authority is set" },
        { o => (Jwt(o).SigningKey, o.Auth.Jwt.Authority) = (null, "http://id.example"), "Scaler:Auth:Jwt:Authority is 'http://id.example'; it must be an absolute https URL" },
        { o => (Jwt(o).SigningKey, o.Auth.Jwt.Authority) = (null, "id.example"), "Scaler:Auth:Jwt:Authority is 'id.example'" },
        { o => Jwt(o).SigningKey = "short", "Scaler:Auth:Jwt:SigningKey is '(hidden)'; it must be a random secret of 32 characters or more, or a public key in PEM; it has 5 characters." },
        { o => Jwt(o).AdditionalSigningKeys.Add("short"),
            "Scaler:Auth:Jwt:AdditionalSigningKeys:0 is '(hidden)'; it must be a random secret" },
        { o => (Jwt(o).SigningKey, o.Auth.Jwt.Authority, o.Auth.Jwt.Issuer) = AddKey(o, "https://id.example"),
            "Scaler:Auth:Jwt:AdditionalSigningKeys is '(hidden)'; it must be empty unless" },
        { o => Jwt(o).SigningKey = "-----BEGIN PUBLIC KEY-----nonsense",
            "Scaler:Auth:Jwt:SigningKey is '(hidden)'; it must be an RSA key of 2048 bits or more" },
        { o => Jwt(o).Issuer = null, "Scaler:Auth:Jwt:Issuer is ''; it must be the 'iss' of the tokens" },
        { o => Jwt(o).Audience = "", "Scaler:Auth:Jwt:Audience is ''; it must be the 'aud' of the tokens" },
        { o => Jwt(o).ClockSkew = TimeSpan.FromHours(1), "Scaler:Auth:Jwt:ClockSkew is '01:00:00'" },
        { o => o.Cluster.DrainBudget = TimeSpan.FromHours(1), "Scaler:Cluster:DrainBudget" },
    };

    private static void AddSecret(ScalerOptions options, string additional)
    {
        options.Cluster.Secret = "the first secret of the cluster, 32";
        options.Cluster.AdditionalSecrets.Add(additional);
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Validate_InvalidValue_NamesTheKeyAndTheValidRange(Action<ScalerOptions> change, string message)
    {
        var options = new ScalerOptions();
        change(options);

        var result = new ScalerOptionsValidator().Validate(null, options);

        Assert.Contains(message, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Defaults_Succeeds() =>
        Assert.True(new ScalerOptionsValidator().Validate(null, new ScalerOptions()).Succeeded);

    [Fact]
    public void Validate_AuthorityWithAudience_Succeeds()
    {
        var options = new ScalerOptions();
        (Jwt(options).SigningKey, options.Auth.Jwt.Issuer, options.Auth.Jwt.Authority) = (null, null, "https://id.example/tenant");
        Assert.True(new ScalerOptionsValidator().Validate(null, options).Succeeded);
        (options.Auth.Jwt.Authority, options.Auth.Jwt.RequireHttps) = ("http://localhost:5000", false);
        Assert.True(new ScalerOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void AddScaler_Configuration_BindsEveryProperty()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Scaler:Path"] = "/live/",
            ["Scaler:Prefix"] = "live",
            ["Scaler:Strict"] = "true",
            ["Scaler:MaxAccountLength"] = "100",
            ["Scaler:MaxConnectionsPerAccount"] = "5",
            ["Scaler:MaxErrorMessageLength"] = "50",
            ["Scaler:Auth:Mode"] = "none",
            ["Scaler:Auth:Jwt:AdditionalSigningKeys:0"] = "next",
            ["Scaler:Redis:CaCertificate"] = "ca.pem",
            ["Scaler:Cluster:ServerId"] = "a",
            ["Scaler:Cluster:LeaseDuration"] = "00:00:10",
            ["Scaler:EngineIO:PingInterval"] = "00:00:07",
            ["Scaler:EngineIO:Cors:Origins:0"] = "https://a.example",
        };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddScaler()
            .RemoveAll<IValidateOptions<ScalerOptions>>()
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<ScalerOptions>>().Value;

        Assert.Equal(("/live/", "live", true), (options.Path, options.Prefix, options.Strict));
        Assert.Equal(
            (100, 5, 50), (options.MaxAccountLength, options.MaxConnectionsPerAccount, options.MaxErrorMessageLength));
        Assert.Equal(ScalerAuthMode.None, options.Auth.Mode);
        Assert.Equal(["next"], options.Auth.Jwt.AdditionalSigningKeys);
        Assert.Equal("ca.pem", options.Redis.CaCertificate);
        Assert.Equal(("a", TimeSpan.FromSeconds(10)), (options.Cluster.ServerId, options.Cluster.LeaseDuration));
        Assert.Equal(TimeSpan.FromSeconds(7), options.EngineIO.PingInterval);
        Assert.Equal(["https://a.example"], options.EngineIO.Cors.Origins);
    }

    [Fact]
    public void Properties_ThatConfigurationCannotBind_AreKnown() => Assert.Equal(
        ["AuthorizeAsync", "Decoder", "Json"],
        typeof(ScalerOptions).GetProperties().Select(static property => property.Name)
            .Except(typeof(IScalerConfiguration).GetProperties().Select(static property => property.Name))
            .Order(StringComparer.Ordinal));

    private static (string? Key, string Authority, string? Issuer) AddKey(ScalerOptions options, string authority)
    {
        options.Auth.Jwt.AdditionalSigningKeys.Add(Security.Auth.TestTokens.Secret);
        return (null, authority, null);
    }

    private static ScalerJwtOptions Jwt(ScalerOptions options)
    {
        Security.Auth.TestTokens.ConfigureTrust(options);
        return options.Auth.Jwt;
    }
}
