using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>Gives each endpoint the port that clients use, and puts a proxy there.</summary>
internal sealed partial class EndpointAllocation(IConfiguration configuration, ILogger<EndpointAllocation> logger) : IAsyncDisposable
{
    private readonly List<EndpointProxy> _proxies = [];

    /// <summary>The ports that one process of a project listens on.</summary>
    public static Dictionary<string, int> Ports(ProjectResource project, int replicas)
    {
        var ports = new Dictionary<string, int>();
        foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
        {
            var given = endpoint.TargetPort ?? (endpoint.IsProxied ? null : endpoint.Port);
            if (replicas > 1 && (given is not null || !endpoint.IsProxied))
                throw new DistributedApplicationException($"The replicas of '{project.Name}' can't all listen on the port of '{endpoint.Name}'.");
            ports[endpoint.Name] = given ?? FreePort.Take();
        }

        return ports;
    }

    /// <summary>Returns the resources that can't be reached because a port is in use.</summary>
    public IReadOnlySet<IResource> Allocate(IReadOnlyList<Replica> replicas)
    {
        // Tests ask for it, so that several can run at once.
        var random = configuration.GetValue("DcpPublisher:RandomizePorts", false);
        var refused = new HashSet<IResource>();
        foreach (var project in replicas.GroupBy(r => r.Resource))
        {
            foreach (var endpoint in project.Key.Annotations.OfType<EndpointAnnotation>())
            {
                List<int> targets = [.. project.Select(r => r.Ports[endpoint.Name])];
                if (!endpoint.IsProxied)
                    endpoint.AllocatedPort = targets[0];
                else if (TryProxy(endpoint, random ? null : endpoint.Port, targets) is { } reason)
                    Refuse(project, endpoint, reason, refused);
            }
        }

        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies) await proxy.DisposeAsync();
        _proxies.Clear();
    }

    private string? TryProxy(EndpointAnnotation endpoint, int? port, IReadOnlyList<int> targets)
    {
        try
        {
            var proxy = EndpointProxy.Start(port, targets);
            _proxies.Add(proxy);
            endpoint.AllocatedPort = proxy.Port;
            return null;
        }
        catch (SocketException e)
        {
            endpoint.AllocatedPort = port;
            return e.Message;
        }
    }

    private void Refuse(IEnumerable<Replica> replicas, EndpointAnnotation endpoint, string reason, HashSet<IResource> refused)
    {
        foreach (var replica in replicas)
        {
            if (refused.Add(replica.Resource)) Log.NoPort(logger, replica.Resource.Name, endpoint.Name, endpoint.AllocatedPort, reason);
            replica.Publish(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Resource} is not started, because its endpoint {Endpoint} can't have port {Port}: {Reason}")]
        public static partial void NoPort(ILogger logger, string resource, string endpoint, int? port, string reason);
    }
}
