using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Stream;

/// <summary>Tests the startup checks of the service in a process of its own.</summary>
public sealed class StreamStartupTests
{
    private static readonly string Nowhere = $"127.0.0.1:{FreePorts.GetFreePort()},connectTimeout=200";

    [Fact]
    public async Task Start_ProductionWithoutAuthMode_Fails()
    {
        var (exitCode, output) = await StreamProcess.RunToExitAsync(Nowhere, "--environment", "Production");
        AssertOneLine("Scaler:Auth:Mode is not set; outside Development it must be 'Jwt'", exitCode, output);
    }

    [Theory]
    [InlineData("--Scaler:Auth:Mode=Basic", "Scaler:Auth:Mode is 'Basic'; it must be 'None' or 'Jwt'.")]
    [InlineData("--Scaler:Auth:Mode=Jwt", "Scaler:Auth:Jwt:Audience is ''; it must be the 'aud' of the tokens")]
    [InlineData("--Scaler:Proxies:0=proxy", "Scaler:Proxies:0 is 'proxy'; it must be the address of a proxy")]
    [InlineData("--Scaler:Cluster:LeaseDuration=soon", "Failed to convert configuration value 'soon' at 'Scaler:Cluster:LeaseDuration'")]
    [InlineData("--ConnectionStrings:redis=", "ConnectionStrings:redis is empty: set it to the address of the servers' Redis")]
    [InlineData("--ConnectionStrings:redis=localhost:x,nonsense=1", "ConnectionStrings:redis starts with 'localhost:x' and cannot be parsed")]
    [InlineData("--Scaler:EngineIO:MaxPayload=0", "Scaler:EngineIO:MaxPayload is 0; it must be from 1")]
    public async Task Start_InvalidSetting_FailsAndNamesTheSetting(string argument, string message)
    {
        var (exitCode, output) = await StreamProcess.RunToExitAsync(Nowhere, argument);
        AssertOneLine(message, exitCode, output);
    }

    [Fact]
    public async Task Start_ProductionWithAuthModeNone_LogsItAndRefusesOtherOrigins()
    {
        await using var stream = await StreamProcess.StartAsync(Nowhere, "--environment", "Production", "--Scaler:Auth:Mode=None");
        Assert.Contains("Clients are not authenticated (Scaler:Auth:Mode is None)", stream.Output, StringComparison.Ordinal);
        Assert.Equal(403, await HandshakeAsync(stream, "http://localhost:5173"));
        Assert.Equal(200, await HandshakeAsync(stream, null));
        Assert.Equal(200, await HandshakeAsync(stream, stream.Url));
    }

    [Fact]
    public async Task Start_Development_AllowsLocalOriginsAndLogsIt()
    {
        await using var stream = await StreamProcess.StartAsync(Nowhere);
        Assert.Contains("Development: pages from http://localhost:*", stream.Output, StringComparison.Ordinal);
        Assert.Equal(200, await HandshakeAsync(stream, "http://localhost:5173"));
        Assert.Equal(403, await HandshakeAsync(stream, "https://evil.example"));
    }

    [Fact]
    public async Task Start_InAnotherFolder_UsesTheSettingsBesideTheExecutable()
    {
        var folder = Directory.CreateTempSubdirectory("scaler-").FullName;
        await using var stream = await StreamProcess.StartInAsync(folder, Nowhere);

        Assert.Equal(200, await HandshakeAsync(stream, null));

        // The settings file limits ASP.NET Core's logging to warnings. Without it, each request is logged.
        Assert.Contains($"Content root path: {AppContext.BaseDirectory.TrimEnd('/')}", stream.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Request starting", stream.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task XForwardedFor_HandshakeLimit_TrustsItFromAKnownProxyOnly(bool known)
    {
        // Each address has one handshake: a client that could choose its address would have any number.
        string[] arguments = ["--Scaler:EngineIO:MaxHandshakesPerAddress=1", "--Scaler:EngineIO:HandshakeWindow=01:00:00"];
        await using var stream = await StreamProcess.StartAsync(Nowhere, known ? [.. arguments, "--Scaler:Proxies:0=127.0.0.1"] : arguments);
        Assert.Equal(200, await HandshakeAsync(stream, null, "203.0.113.1"));
        Assert.Equal(429, await HandshakeAsync(stream, null, "203.0.113.1"));
        Assert.Equal(known ? 200 : 429, await HandshakeAsync(stream, null, "203.0.113.2"));
    }

    [Theory]
    [InlineData(false, "live.example.org:8443", 403)]
    [InlineData(true, "live.example.org:8443", 200)]
    [InlineData(true, "other.example.org:8443", 403)]
    public async Task XForwardedHost_OwnOrigin_TrustsAllowedHostsOfAKnownProxyOnly(bool known, string forwardedHost, int status)
    {
        string[] arguments = ["--AllowedHosts=127.0.0.1;live.example.org"];
        await using var stream = await StreamProcess.StartAsync(Nowhere, known ? [.. arguments, "--Scaler:Proxies:0=127.0.0.1"] : arguments);
        Assert.Equal(status, await HandshakeAsync(stream, $"https://{forwardedHost}", forwardedHost: forwardedHost));
    }

    [Fact]
    public async Task Handshake_PlainHttpFromAnotherHost_WarnsOnceAfterForwardedHeaders()
    {
        await using var stream = await StreamProcess.StartAsync(
            Nowhere, "--environment", "Production", "--Scaler:Auth:Mode=None", "--Scaler:Proxies:0=127.0.0.1");
        const string Warning = "without TLS";
        Assert.Equal(200, await HandshakeAsync(stream, null));
        Assert.Equal(200, await HandshakeAsync(stream, null, "203.0.113.1", forwardedProto: "https"));
        Assert.DoesNotContain(Warning, stream.Output, StringComparison.Ordinal);

        Assert.Equal(200, await HandshakeAsync(stream, null, "203.0.113.1"));
        Assert.Equal(200, await HandshakeAsync(stream, null, "203.0.113.2"));
        await Deadline.WaitUntilAsync(() => stream.Output.Contains(Warning, StringComparison.Ordinal));
        Assert.Single(stream.Output.Split('\n'), static line => line.Contains(Warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Response_OfEachPath_HasNoServerHeaderAndForbidsSniffing()
    {
        await using var stream = await StreamProcess.StartAsync(
            Nowhere, "--Scaler:Api:Keys:0=0123456789-test-key-0123456789abcdef");
        using var http = new HttpClient();
        foreach (var (path, key, status) in new[]
        {
            ("/stream/?EIO=4&transport=polling&account=acme", "", 200), ("/stream/?EIO=4", "", 400), ("/alive", "", 200),
            ("/nothing", "", 404),
            ("/api/servers", "", 401), ("/api/accounts?take=0", "0123456789-test-key-0123456789abcdef", 400),
            ("/api/servers", "0123456789-test-key-0123456789abcdef", 503),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, stream.Url + path);
            request.Headers.TryAddWithoutValidation("Authorization", key.Length == 0 ? null : $"Bearer {key}");
            using var response = await http.SendAsync(request).WithTimeout();
            Assert.Equal((path, status), (path, (int)response.StatusCode));
            Assert.False(response.Headers.Contains("Server"));
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    /// <summary>Asserts that the process ended with exit code 1 and reported the problem as one line without a stack trace.</summary>
    private static void AssertOneLine(string message, int exitCode, string output)
    {
        Assert.Equal(1, exitCode);
        Assert.Single(output.Split('\n'), line => line.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain("OptionsValidationException", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Hosting failed to start", output, StringComparison.Ordinal);
    }

    private static async Task<int> HandshakeAsync(StreamProcess stream, string? origin, string? forwardedFor = null, string? forwardedHost = null,
        string? forwardedProto = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{stream.Url}/stream/?EIO=4&transport=polling&account=acme");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        if (forwardedProto is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", forwardedProto);
        }

        if (forwardedHost is not null)
        {
            request.Headers.Add("X-Forwarded-Host", forwardedHost);
        }

        using var answer = await http.SendAsync(request).WithTimeout();
        return (int)answer.StatusCode;
    }
}
