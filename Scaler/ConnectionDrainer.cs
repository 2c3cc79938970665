using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Closes the connections of a draining server in batches, in random order and at random intervals, so that the clients do not
/// all reconnect to the remaining servers at once. The drain closes about 100 connections per second, and faster if it would
/// otherwise exceed <see cref="ScalerClusterOptions.DrainBudget"/>.
/// </summary>
internal sealed partial class ConnectionDrainer(
    ScalerServer server, EngineServer engine, TimeProvider time, ILogger<ConnectionDrainer> logger)
{
    private const int ConnectionsPerSecond = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>Closes all connections of a stopping server. Cancellation closes the remaining connections at once.</summary>
    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var closed = await CloseAsync(cancellationToken);

        // Close the sessions that were opened during the drain, and cut off those whose close has not completed.
        var late = engine.Count;
        await engine.CloseAllAsync(EngineCloseReason.ServerShutdown, server.Options.EngineIO.ShutdownBudget, cancellationToken);
        LogEnd(closed, late, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// Closes all connections of a server that keeps running. Cancellation keeps the remaining connections open.
    /// </summary>
    public async Task CloseUntilEmptyAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var closed = 0;
        while (server.ConnectionCount > 0 && !cancellationToken.IsCancellationRequested)
        {
            // Repeat: a handshake in flight may add a connection, and a graceful close takes time to complete.
            closed = Math.Max(closed, await CloseAsync(cancellationToken));
            await Task.Delay(RecheckInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LogEnd(closed, server.ConnectionCount, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<int> CloseAsync(CancellationToken cancellationToken)
    {
        var connections = server.Local.GetConnections().ToArray();
        Random.Shared.Shuffle(connections);
        var budget = server.Options.Cluster.DrainBudget;
        var spread = TimeSpan.FromSeconds((double)connections.Length / ConnectionsPerSecond);
        spread = spread < budget ? spread : budget;
        LogBegin(connections.Length, spread);
        var steps = Math.Max((int)(spread / Step), 1);
        var closed = 0;
        for (var step = 1; step <= steps && closed < connections.Length && !cancellationToken.IsCancellationRequested; step++)
        {
            for (var until = (int)((long)connections.Length * step / steps); closed < until; closed++)
            {
                connections[closed].BeginClose(EngineCloseReason.ServerShutdown);
            }

            if (step < steps)
            {
                await Task.Delay(Step * (0.5 + Random.Shared.NextDouble()), time, CancellationToken.None);
            }
        }

        return closed;
    }

    [LoggerMessage(1, LogLevel.Information, "Draining: closing {Connections} connections within {Spread}.")]
    private partial void LogBegin(int connections, TimeSpan spread);

    [LoggerMessage(2, LogLevel.Information,
        "Drained: closed {Closed} connections, {Late} connections were still open at the end, after {Milliseconds} ms.")]
    private partial void LogEnd(int closed, int late, long milliseconds);
}
