using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// A test that runs the entry point of an AppHost. The entry point is held before the application is built, until the
/// test asks for it, and instead of running it until it is over; what the test does in between happens in its thread.
/// </summary>
internal sealed class EntryPointSession(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private static readonly AsyncLocal<EntryPointSession?> Running = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _described = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _buildAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The test in whose entry point this code runs, if it does.</summary>
    public static EntryPointSession? Current => Running.Value;

    public Assembly Assembly => assembly;

    public Task<DistributedApplicationBuilder> StartAsync()
    {
        _ = Task.Factory.StartNew(Enter, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return _described.Task;
    }

    public Task<IHost> BuildAsync()
    {
        _buildAsked.TrySetResult();
        return _host.Task;
    }

    public void Started() => _started.TrySetResult();

    public void Over()
    {
        // Whatever the entry point is held at, it goes on to its end.
        _buildAsked.TrySetCanceled();
        _started.TrySetCanceled();
    }

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.Args = settings.Args = [.. options.Args ?? [], .. args];
        options.DisableDashboard = true;
        settings.Configuration = new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);
        configure(options, settings);
    }

    public void BeforeBuild(DistributedApplicationBuilder builder)
    {
        _described.TrySetResult(builder);
        _buildAsked.Task.GetAwaiter().GetResult();
    }

    public DistributedApplication Built(IHost host)
    {
        _host.TrySetResult(host);
        return new DistributedApplication(new EntryPointHost(host, _started.Task));
    }

    private void Enter()
    {
        Running.Value = this;
        try
        {
            var entry = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no entry point.");
            var result = entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            if (result is Task task) task.GetAwaiter().GetResult();
            Fail(new InvalidOperationException($"The entry point of {assembly.GetName().Name} ended without building an application."));
        }
        catch (Exception e)
        {
            Fail(e is TargetInvocationException { InnerException: { } inner } ? inner : e);
        }
    }

    private void Fail(Exception reason)
    {
        _described.TrySetException(reason);
        _host.TrySetException(reason);
        _ = (_described.Task.Exception, _host.Task.Exception); // Where nobody waits for them, they are seen here.
    }
}
