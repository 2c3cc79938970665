using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.ServiceDefaults;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>Hosts the dashboard on a free port with a given cluster, in the Production environment.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    public const string Token = "0123456789abcdef-operator";
    public const string ReadOnlyToken = "0123456789abcdef-reader";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;

    private AdminHost(WebApplication app, TimeProvider time, Uri address) => (_app, _time, Address) = (app, time, address);

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public TimeProvider Time => _time;

    public ClusterMonitor Monitor => _app.Services.GetRequiredService<ClusterMonitor>();

    public ErrorFeed Feed => _app.Services.GetRequiredService<ErrorFeed>();

    public static async Task<AdminHost> StartAsync(Func<TimeProvider, IClusterView> view, TimeProvider? time = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        time ??= new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "Scaler.Admin",
            EnvironmentName = "Production",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Scaler:Admin:Token"] = Token,
            ["Scaler:Admin:ReadOnlyToken"] = ReadOnlyToken,
            ["Scaler:Admin:LoginLifetime"] = "30.00:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(view(time));
        builder.AddAdmin();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapAdmin();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new AdminHost(app, time, new Uri(address));
    }

    /// <summary>Advances the fake clock by one second and waits for the next sample.</summary>
    public async Task TickAsync()
    {
        var sampled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = Monitor.Watch(() => sampled.TrySetResult());
        ((FakeTimeProvider)_time).Advance(TimeSpan.FromSeconds(1));
        await sampled.Task.WithTimeout("a sample");
    }

    /// <summary>Creates a client with its own cookies that does not follow redirects.</summary>
    public HttpClient NewClient() => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
