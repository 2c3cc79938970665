using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Stands in for Aspire's class of the same name: the console of each resource. The last
/// <see cref="ConsoleLines.Capacity"/> lines of each are kept.
/// </summary>
public sealed class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ConsoleLines> _consoles = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    internal ResourceLoggerService(TimeProvider time) => _time = time;

    /// <summary>A logger that writes on the console of a resource; on each, where it has several processes.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The logger.</returns>
    public ILogger GetLogger(IResource resource) =>
        new ConsoleLogger([.. InstancesAnnotation.IdsOf(resource).Select(Console)]);

    /// <summary>The lines so far, then each line as it comes.</summary>
    /// <param name="resourceName">The id of a process, or the name of a resource without processes.</param>
    /// <returns>Lines in their order; it goes on until the enumeration is cancelled.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Console(resourceName).WatchAsync(follow: true);

    /// <summary>The lines so far.</summary>
    /// <param name="resourceName">The id of a process, or the name of a resource without processes.</param>
    /// <returns>Lines in their order.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Console(resourceName).WatchAsync(follow: false);

    internal ConsoleLines Console(string id) => _consoles.GetOrAdd(id, _ => new ConsoleLines(_time));
}
