using Aspire.Hosting.Running;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: start, stop and restart of processes; no other commands.</summary>
public sealed class ResourceCommandService
{
    private readonly ApplicationRunner _runner;

    internal ResourceCommandService(ApplicationRunner runner) => _runner = runner;

    /// <summary>Executes a command on one process.</summary>
    /// <param name="resourceId">The process, or the resource where it has only one.</param>
    /// <param name="commandName">Of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>How it ended.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var replicas = _runner.Replicas.Where(r => r.Id.Equals(resourceId, StringComparison.OrdinalIgnoreCase)).ToList();
        if (replicas.Count == 0)
            replicas = [.. _runner.Replicas.Where(r => r.Resource.Name.Equals(resourceId, StringComparison.OrdinalIgnoreCase))];
        return replicas.Count == 1
            ? await ExecuteAsync(replicas[0], commandName, cancellationToken)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");
    }

    /// <summary>Executes a command on each process of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="commandName">Of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>How it ended; a failure where one of them failed.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var results = await Task.WhenAll(_runner.Replicas
            .Where(r => r.Resource == resource)
            .Select(r => ExecuteAsync(r, commandName, cancellationToken)));
        return results.FirstOrDefault(r => !r.Success) ?? CommandResults.Success();
    }

    private static async Task<ExecuteCommandResult> ExecuteAsync(Replica replica, string command, CancellationToken cancellationToken)
    {
        try
        {
            return await replica.ExecuteAsync(command, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
    }
}
