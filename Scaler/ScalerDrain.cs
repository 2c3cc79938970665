using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Closes the clients of a server that drains: a few at a time, in random order and at random moments, so that they do not
/// all come back at once to the servers that are left. It takes no longer than the budget, and for few clients far less.
/// </summary>
internal sealed partial class ScalerDrain(ScalerServer server, EngineServer engine, TimeProvider time, ILogger<ScalerDrain> logger)
{
    private const int PerSecond = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Closes all clients of a server that stops. Cancelled, it closes those that are left at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var closed = await CloseAsync(cancellationToken);

        // Who came while the others were being closed, and who is still being told.
        var late = engine.Count;
        await engine.CloseAllAsync(EngineCloseReason.ServerShutdown, server.Options.EngineIO.ShutdownBudget, cancellationToken);
        LogEnd(closed, late, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Closes all clients of a server that goes on. Cancelled, it leaves those that are left alone.</summary>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var closed = 0;
        while (server.ConnectionCount > 0 && !cancellationToken.IsCancellationRequested)
        {
            // More than once: a handshake that was on its way may bring another, and a farewell takes its time.
            closed = Math.Max(closed, await CloseAsync(cancellationToken));
            await Task.Delay(Again, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LogEnd(closed, server.ConnectionCount, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<int> CloseAsync(CancellationToken cancellationToken)
    {
        var connections = server.Local.All().ToArray();
        Random.Shared.Shuffle(connections);
        var budget = server.Options.Cluster.DrainBudget;
        var spread = TimeSpan.FromSeconds((double)connections.Length / PerSecond);
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

    [LoggerMessage(1, LogLevel.Information, "Draining: {Connections} connections are closed within {Spread}.")]
    private partial void LogBegin(int connections, TimeSpan spread);

    [LoggerMessage(2, LogLevel.Information, "Drained: {Closed} connections were closed, {Late} of them or newer ones at the very end, in {Milliseconds} ms.")]
    private partial void LogEnd(int closed, int late, long milliseconds);
}
