using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>What all processes of an application share.</summary>
internal sealed class ReplicaServices(
    TimeProvider time, ILoggerFactory loggers, IHostEnvironment host, IHostApplicationLifetime lifetime, Guard guard, Waits waits,
    ReplicaEnvironment environment, ResourceNotificationService notifications, ResourceLoggerService consoles)
{
    public TimeProvider Time => time;

    public ILogger Logger { get; } = loggers.CreateLogger("Aspire.Hosting.Running");

    public Guard Guard => guard;

    public Waits Waits => waits;

    public ReplicaEnvironment Environment => environment;

    public ResourceNotificationService Notifications => notifications;

    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public ConsoleLines Console(Replica replica) => consoles.Console(replica.Id);

    /// <summary>Writes a line of a process to the log of the AppHost, as Aspire's tests do.</summary>
    public void Forward(Replica replica, string line, bool isError)
    {
        var logger = loggers.CreateLogger($"{host.ApplicationName}.Resources.{replica.Id}");
        if (isError) ForwardedLine.Error(logger, line);
        else ForwardedLine.Output(logger, line);
    }
}
