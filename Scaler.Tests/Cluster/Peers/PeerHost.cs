using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>Hosts a server in an application of its own, optionally with middleware in front of it.</summary>
internal sealed class PeerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MetricCollector<long> _forwards;

    private PeerHost(WebApplication app, FakeLoggerProvider logs)
    {
        (_app, Logs) = (app, logs.Collector);
        _forwards = new MetricCollector<long>(app.Services.GetRequiredService<IMeterFactory>(), "Scaler", "scaler.forward.requests");
    }

    public string Url => _app.Urls.Single();

    public ScalerServer Server => _app.Services.GetRequiredService<ScalerServer>();

    public IServiceProvider Services => _app.Services;

    public FakeLogCollector Logs { get; }

    /// <summary>Gets the way and the outcome of each request that this server forwarded.</summary>
    public IEnumerable<string> ForwardedRequests => _forwards.GetMeasurementSnapshot().Select(static m => $"{m.Tags["scaler.forward.way"]} {m.Tags["scaler.forward.outcome"]}");

    public static async Task<PeerHost> StartAsync(
        IConnectionMultiplexer redis, string prefix, string id, Action<ScalerOptions>? configure = null, Action<WebApplication>? before = null,
        Action<WebApplicationBuilder>? build = null, bool requiresAuthorization = false, Action<ListenOptions>? listen = null)
    {
        var logs = new FakeLoggerProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen ?? (static _ => { })));
        builder.Services.AddSingleton(redis);
        builder.Services.AddScaler(options =>
        {
            (options.Prefix, options.Cluster.ServerId, options.Cluster.DrainBudget) = (prefix, id, TimeSpan.Zero);
            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        var app = builder.Build();
        before?.Invoke(app);
        var endpoint = app.MapScaler();
        if (requiresAuthorization)
        {
            endpoint.RequireAuthorization();
        }

        await app.StartAsync();
        var host = new PeerHost(app, logs);
        host.Server.On("echo", static async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken));
        return host;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _forwards.Dispose();
        await _app.DisposeAsync();
    }
}
