using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: an application of several processes, run on this machine.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    /// <summary>Wraps the host that runs it.</summary>
    /// <param name="host">The host.</param>
    public DistributedApplication(IHost host)
    {
        _host = host;
        ResourceNotifications = host.Services.GetRequiredService<ResourceNotificationService>();
        ResourceCommands = host.Services.GetRequiredService<ResourceCommandService>();
    }

    /// <inheritdoc />
    public IServiceProvider Services => _host.Services;

    /// <summary>The state of every resource.</summary>
    public ResourceNotificationService ResourceNotifications { get; }

    /// <summary>Executes the commands of resources.</summary>
    public ResourceCommandService ResourceCommands { get; }

    /// <summary>Starts to describe an application.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>Starts to describe an application.</summary>
    /// <param name="options">How it is built.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Runs the application until it is asked to end.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs the application until it is asked to end.</summary>
    /// <param name="cancellationToken">Asks it to end.</param>
    /// <returns>When it has ended.</returns>
    public virtual Task RunAsync(CancellationToken cancellationToken = default) => HostingAbstractionsHostExtensions.RunAsync(this, cancellationToken);

    /// <summary>Starts the application. Its processes may still wait for each other when the task ends.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>When it is started.</returns>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Ends the application and every process of it.</summary>
    /// <param name="cancellationToken">Stops being patient.</param>
    /// <returns>When it has ended.</returns>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc />
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        else _host.Dispose();
        GC.SuppressFinalize(this);
    }
}
