using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Closes the clients of a server that is about to stop: a few at a time, in random order and at random moments, so that they do not
/// all come back at once to the servers that are left. It takes no longer than the budget, and for few clients far less.
/// </summary>
internal sealed partial class ScalerDrain(ScalerServer server, EngineServer engine, TimeProvider time, ILogger<ScalerDrain> logger)
{
    private const int PerSecond = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
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

        // Who came while the others were being closed, and who is still being told.
        var late = engine.Count;
        await engine.CloseAllAsync(EngineCloseReason.ServerShutdown, server.Options.EngineIO.ShutdownBudget, cancellationToken);
        LogEnd(closed, late, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    [LoggerMessage(1, LogLevel.Information, "Draining: {Connections} connections are closed within {Spread}.")]
    private partial void LogBegin(int connections, TimeSpan spread);

    [LoggerMessage(2, LogLevel.Information, "Drained: {Closed} connections were closed, {Late} of them or newer ones at the very end, in {Milliseconds} ms.")]
    private partial void LogEnd(int closed, int late, long milliseconds);
}
