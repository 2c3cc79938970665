using System.Collections.Immutable;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>
/// One process of a project. It is started when what it waits for is healthy, and never again by itself: a killed one
/// is Finished with its exit code until somebody starts it. The gate lets one command at a time change it.
/// </summary>
internal sealed partial class Replica(
    ProjectResource resource, string suffix, IReadOnlyDictionary<string, int> ports, ReplicaServices services) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private CancellationTokenSource _run = new();
    private Task _waiting = Task.CompletedTask;
    private Task _exited = Task.CompletedTask;
    private Process? _process;

    /// <summary>How long a process may take to end when it is asked to.</summary>
    public static TimeSpan StopPatience { get; } = TimeSpan.FromSeconds(10);

    public ProjectResource Resource => resource;

    public string Suffix => suffix;

    public string Id => $"{resource.Name}-{suffix}";

    /// <summary>Where it listens, by the names of its endpoints.</summary>
    public IReadOnlyDictionary<string, int> Ports => ports;

    /// <summary>Starts it once what it waits for is healthy. The task ends when it runs, or can't.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run.Dispose();
        _run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return _waiting = StartWhenReadyAsync(_run.Token);
    }

    /// <summary>Ends it for good, after whatever command is being executed; kills it when patience ends.</summary>
    public async Task EndAsync(CancellationToken patience)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await StopAsync(patience);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Executes start, stop or restart.</summary>
    public async Task<ExecuteCommandResult> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        Task started;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var runs = !_exited.IsCompleted || !_waiting.IsCompleted;
            if (command == KnownResourceCommands.StartCommand && runs) return CommandResults.Failure($"{Id} runs already.");
            if (command == KnownResourceCommands.StopCommand && !runs) return CommandResults.Failure($"{Id} does not run.");
            if (command is not ("start" or "stop" or "restart")) return CommandResults.Failure($"{Id} has no command '{command}'.");

            if (runs)
            {
                using var patience = new CancellationTokenSource(StopPatience, services.Time);
                await StopAsync(patience.Token);
            }

            if (command == KnownResourceCommands.StopCommand) return CommandResults.Success();
            started = StartAsync(services.Stopping);
        }
        finally
        {
            _gate.Release();
        }

        // Outside the gate: it may wait for another resource, and can be stopped while it does.
        await started.WaitAsync(cancellationToken);
        return _exited.IsCompleted ? CommandResults.Failure($"{Id} did not start.") : CommandResults.Success();
    }

    public void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => services.Notifications.Publish(resource, Id, change);

    public void Dispose()
    {
        _run.Dispose();
        _gate.Dispose();
        _process?.Dispose();
    }

    private async Task StopAsync(CancellationToken patience)
    {
        await _run.CancelAsync();
        await _waiting;
        if (_process is not { } process || _exited.IsCompleted) return;

        Publish(s => s with { State = new(KnownResourceStates.Stopping, KnownResourceStateStyles.Info) });
        Signal.End(process);
        try
        {
            await _exited.WaitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            Log.Killed(services.Logger, Id);
            process.Kill(entireProcessTree: true);
            await _exited;
        }
    }

    private async Task StartWhenReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await services.Waits.WaitAsync(this, cancellationToken);
            Publish(s => s with
            {
                State = new(KnownResourceStates.Starting, KnownResourceStateStyles.Info),
                ExitCode = null,
                StopTimeStamp = null,
            });
            await LaunchAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Ended(KnownResourceStates.Finished, exitCode: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, it is this process that can't start; the others go on.
            Log.NotStarted(services.Logger, Id, e.Message);
            services.Console(this).Append(e.Message, isError: true);
            Ended(KnownResourceStates.FailedToStart, exitCode: null);
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var project = resource.Annotations.OfType<IProjectMetadata>().Single().ProjectPath;
        var start = ChildProcess.Describe(ProjectOutput.Dotnet, "exec", await ProjectOutput.FindAsync(project, cancellationToken));
        start.WorkingDirectory = Path.GetDirectoryName(project);
        var environment = await services.Environment.ApplyAsync(this, start, cancellationToken);

        cancellationToken.ThrowIfCancellationRequested();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Forward(e.Data, isError: false);
        process.ErrorDataReceived += (_, e) => Forward(e.Data, isError: true);
        process.Start();
        services.Guard.Watch(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process?.Dispose();
        _process = process;

        var checks = resource.Annotations.OfType<HttpHealthCheckAnnotation>().ToList();
        Publish(s => s with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = services.Time.GetUtcNow().UtcDateTime,
            EnvironmentVariables = environment,
            HealthReports = [.. checks.Select(c => new HealthReportSnapshot(c.Name(resource.Name), null, null, null))],
            Urls = [.. s.Urls.Select(u => u with { IsInactive = false })],
            Properties = s.Properties.With(ReplicaProperties.Of(this, start, process.Id)),
        });
        _exited = WatchAsync(process, checks);
    }

    private async Task WatchAsync(Process process, List<HttpHealthCheckAnnotation> checks)
    {
        using var probing = new CancellationTokenSource();
        var probes = checks.Select(check => HealthProbe.RunAsync(this, check, services.Time, probing.Token)).ToList();
        await process.WaitForExitAsync(CancellationToken.None);
        services.Guard.Forget(process.Id);
        await probing.CancelAsync();
        await Task.WhenAll(probes);
        Log.Ended(services.Logger, Id, process.ExitCode);
        Ended(KnownResourceStates.Finished, process.ExitCode);
    }

    private void Ended(string state, int? exitCode)
    {
        var failed = state == KnownResourceStates.FailedToStart || exitCode is not (null or 0);
        Publish(s => s with
        {
            State = new(state, failed ? KnownResourceStateStyles.Error : KnownResourceStateStyles.Info),
            ExitCode = exitCode,
            StopTimeStamp = services.Time.GetUtcNow().UtcDateTime,
            HealthReports = ImmutableArray<HealthReportSnapshot>.Empty,
            Urls = [.. s.Urls.Select(u => u with { IsInactive = true })],
        });
    }

    private void Forward(string? line, bool isError)
    {
        if (line is null) return;
        services.Console(this).Append(line, isError);
        services.Forward(this, line, isError);
    }
}
