using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Running;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Builds an application on the generic host.</summary>
internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly EntryPointSession? _session = EntryPointSession.Current;
    private readonly List<IResource> _resources = [];

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var assembly = _session?.Assembly ?? Assembly.GetEntryAssembly()!;
        var settings = new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = assembly.GetName().Name,
            ContentRootPath = AppHostProject.FolderOf(assembly),
        };
        _session?.Configure(options, settings);
        _options = options;
        _host = Host.CreateApplicationBuilder(settings);
        AppHostDirectory = _host.Environment.ContentRootPath;
        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _host.Logging.AddSimpleConsole(console => console.SingleLine = true);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IReadOnlyList<IResource> Resources => _resources;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.Any(r => r.Name.Equals(resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"Cannot add resource with name '{resource.Name}' twice.");
        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _session?.BeforeBuild(this);
        AddRunning(_host.Services);
        var host = _host.Build();
        return _session is null ? new DistributedApplication(host) : _session.Built(host);
    }

    private void AddRunning(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(ExecutionContext);
        services.AddSingleton(new ResourceModel(_resources));
        services.AddSingleton(new ResourceNotificationService());
        services.AddSingleton(s => new ResourceLoggerService(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ResourceCommandService(s.GetRequiredService<ApplicationRunner>()));
        services.AddSingleton<Guard>();
        services.AddSingleton<Waits>();
        services.AddSingleton<TelemetryTarget>();
        services.AddSingleton<ReplicaEnvironment>();
        services.AddSingleton<ReplicaServices>();
        services.AddSingleton<EndpointAllocation>();
        services.AddSingleton<StaticResources>();
        services.AddSingleton<ApplicationRunner>();
        services.AddSingleton(_options);
        services.AddSingleton<DashboardSettings>();
        services.AddSingleton<DashboardInstaller>();
        services.AddSingleton<DashboardProcess>();
        services.AddSingleton<ResourceServer>();

        // The dashboard first: processes learn from it where to send telemetry.
        services.AddHostedService<DashboardHost>();
        services.AddHostedService(s => s.GetRequiredService<ApplicationRunner>());
    }
}
