using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults_AreTheDocumentedValues()
    {
        var options = new EngineIOOptions();
        Assert.Equal("/engine.io/", options.Path);
        Assert.Equal(TimeSpan.FromSeconds(25), options.PingInterval);
        Assert.Equal(TimeSpan.FromSeconds(20), options.PingTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.RequestBodyTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), options.UpgradeTimeout);
        Assert.Equal(1_000_000, options.MaxPayload);
        Assert.Null(options.Transports);
        Assert.True(options.AllowUpgrades);
        Assert.False(options.AllowV3);
        Assert.Equal((true, 1024), (options.HttpCompression.Enabled, options.HttpCompression.Threshold));
        Assert.Equal((false, 1024), (options.PerMessageDeflate.Enabled, options.PerMessageDeflate.Threshold));
        Assert.Equal((false, "io", "/", true), (options.Cookie.Enabled, options.Cookie.Name, options.Cookie.Path, options.Cookie.HttpOnly));
        Assert.False(options.Cors.Enabled);
        Assert.Null(options.InitialPacket);
        Assert.Equal(50_000, options.MaxPacketsPerPayload);
        Assert.Equal((0, 0, 0), (options.MaxMessagesPerSecond, options.MaxBytesPerSecond, options.MaxHandshakesPerAddress));
        Assert.Null(options.KeptHeaders);
        Assert.Equal(4_096, options.MaxKeptHandshakeLength);
        Assert.True(new EngineIOOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void AddEngineIO_WithConfiguration_BindsTheOptions()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Path"] = "/stream/",
            ["PingInterval"] = "00:00:00.300",
            ["Transports:0"] = "websocket",
            ["AllowV3"] = "true",
            ["Cookie:Enabled"] = "true",
            ["Cookie:SameSite"] = "None",
            ["Cors:Enabled"] = "true",
            ["Cors:Origins:0"] = "https://a.example",
            ["PerMessageDeflate:Enabled"] = "true",
            ["HttpCompression:Threshold"] = "5",
            ["InitialPacket"] = "hi",
        }).Build();
        var services = new ServiceCollection();
        services.AddEngineIO<EngineTestHandler>(configuration);
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<EngineIOOptions>>().Value;
        Assert.Equal("/stream/", options.Path);
        Assert.Equal(TimeSpan.FromMilliseconds(300), options.PingInterval);
        Assert.Equal(["websocket"], options.Transports);
        Assert.True(options.AllowV3 && options.Cookie.Enabled && options.Cors.Enabled && options.PerMessageDeflate.Enabled);
        Assert.Equal(["https://a.example"], options.Cors.Origins);
        Assert.Equal(5, options.HttpCompression.Threshold);
        Assert.Equal("hi", options.InitialPacket);
    }

    public static TheoryData<string, Action<EngineIOOptions>, string> Invalid => new()
    {
        { "path", static options => options.Path = "engine.io", "Path is 'engine.io'; it must begin with '/'" },
        { "template", static options => options.Path = "/{id}", "Path is '/{id}'" },
        { "empty path", static options => options.Path = "", "Path is ''" },
        { "interval", static options => options.PingInterval = TimeSpan.Zero, "PingInterval is 00:00:00; it must be from 00:00:00.0100000 to 1.00:00:00." },
        { "body timeout", static options => options.RequestBodyTimeout = TimeSpan.Zero, "RequestBodyTimeout is 00:00:00" },
        { "timeout", static options => options.PingTimeout = TimeSpan.FromDays(2), "PingTimeout is 2.00:00:00" },
        { "delay", static options => options.OpenPacketDelay = TimeSpan.FromSeconds(2), "OpenPacketDelay is 00:00:02; it must be from 00:00:00 to 00:00:01." },
        { "payload", static options => options.MaxPayload = 0, "MaxPayload is 0; it must be from 1 to 1073741824." },
        { "queue", static options => options.MaxQueuedBytes = 5, "MaxQueuedBytes is 5; it must be from 1024" },
        { "rate", static options => options.MaxMessagesPerSecond = -1, "MaxMessagesPerSecond is -1; it must be from 0" },
        { "burst", static options => options.RateBurst = TimeSpan.Zero, "RateBurst is 00:00:00; it must be from 00:00:01 to 00:10:00." },
        { "bytes", static options => options.MaxBytesPerSecond = 1000, "MaxBytesPerSecond is 1000, so no message of MaxPayload (1000000) could ever pass; with RateBurst 00:00:05 it must be at least 200000." },
        { "handshakes", static options => options.MaxHandshakesPerAddress = -1, "MaxHandshakesPerAddress is -1; it must be from 0" },
        { "window", static options => options.HandshakeWindow = TimeSpan.FromDays(1), "HandshakeWindow is 1.00:00:00; it must be from 00:00:01 to 01:00:00." },
        { "no transports", static options => options.Transports = [], "Transports is empty" },
        { "transport", static options => options.Transports = ["carrier pigeon"], "Transports holds 'carrier pigeon'" },
        { "parts", static options => options.Cookie = null!, "must not be null" },
        { "cookie", static options => (options.Cookie.Enabled, options.Cookie.Name) = (true, "a;b"), "Cookie:Name is 'a;b'" },
        { "no cookie", static options => (options.Cookie.Enabled, options.Cookie.Name) = (true, ""), "Cookie:Name is ''" },
        { "no origins", static options => options.Cors.Enabled = true, "Cors:Origins is empty" },
        {
            "every origin with credentials",
            static options =>
            {
                options.Cors.Enabled = true;
                options.Cors.Origins.Add("*");
                options.Cors.Credentials = true;
            },
            "Cors:Credentials is true while Cors:Origins holds '*'"
        },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Validate_InvalidValue_NamesTheKeyAndTheValidRange(string label, Action<EngineIOOptions> change, string message)
    {
        var options = new EngineIOOptions();
        change(options);
        var result = new EngineIOOptionsValidator().Validate(null, options);
        Assert.True(result.Failed, label);
        Assert.Contains(message, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithInvalidOptions_Throws()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => EngineTestHost.StartAsync(static options => options.MaxPayload = -1));
        Assert.Contains("MaxPayload is -1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EngineAuthorization_Equality_ComparesByValue()
    {
        Assert.Equal(EngineAuthorization.Refuse("a"), EngineAuthorization.Refuse("a"));
        Assert.True(EngineAuthorization.Refuse() != EngineAuthorization.BadRequest());
        Assert.True(EngineAuthorization.Allow == default);
        Assert.False(EngineAuthorization.Allow.IsRefused);
        Assert.False(EngineAuthorization.Allow.Equals("x"));
        Assert.Equal("Bad request", EngineAuthorization.BadRequest().Message);
        Assert.Equal(EngineAuthorization.Refuse("a").GetHashCode(), EngineAuthorization.Refuse("a").GetHashCode());
    }
}
