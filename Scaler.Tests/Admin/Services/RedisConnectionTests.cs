using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;
using Scaler.ServiceDefaults;
using Scaler.Tests.Helpers;
using Scaler.Tests.Security.Redis;

namespace Scaler.Tests.Admin.Services;

/// <summary>Tests that the dashboard connects to Redis with the servers' settings.</summary>
public sealed class RedisConnectionTests
{
    [RedisServerFact]
    public async Task Start_RedisWithTlsOnly_ReadsTheCluster()
    {
        using var certificates = new Certificates();
        var ((server, serverKey), (client, clientKey)) = (certificates.Sign("server"), certificates.Sign("client"));
        var port = FreePorts.GetFreePort();
        await using var redis = await RedisProcess.StartAsync(
            "--port", "0", "--tls-port", $"{port}", "--tls-cert-file", server, "--tls-key-file", serverKey, "--tls-ca-cert-file", certificates.Authority,
            "--requirepass", "a secret");
        await using var app = Build(new()
        {
            ["ConnectionStrings:redis"] = $"rediss://:a%20secret@127.0.0.1:{port}",
            ["Scaler:Redis:CaCertificate"] = certificates.Authority,
            ["Scaler:Redis:ClientCertificate"] = client,
            ["Scaler:Redis:ClientKey"] = clientKey,
        });
        await app.StartAsync().WithTimeout();
        Assert.True(await app.Services.GetRequiredService<ScalerCluster>().PingAsync().WithTimeout() > TimeSpan.Zero);
        Assert.Equal(new ClusterCounts(0, 0, 0), await app.Services.GetRequiredService<ScalerCluster>().GetCountsAsync().WithTimeout());
        await app.StopAsync().WithTimeout();
    }

    [Fact]
    public async Task Start_MissingCertificate_ThrowsWithItsKey()
    {
        await using var app = Build(new() { ["ConnectionStrings:redis"] = "rediss://127.0.0.1:1", ["Scaler:Redis:CaCertificate"] = "nowhere.pem" });
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync().WithTimeout());
        Assert.Contains("Scaler:Redis:CaCertificate is 'nowhere.pem'; it must be the path of a PEM file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NoConnectionString_ThrowsWithItsKey() => Assert.Contains(
        "ConnectionStrings:redis is missing", Assert.Throws<OptionsValidationException>(() => Build([])).Message, StringComparison.Ordinal);

    // The same registrations as in Program.cs.
    private static WebApplication Build(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "Scaler.Admin",
            EnvironmentName = "Production",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddRedis();
        builder.Services.AddScalerCluster();
        builder.AddAdmin();
        return builder.Build();
    }
}
