using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Drains this server when an operator requests it over the cluster's bus. Unlike a drain at shutdown, this drain can be
/// cancelled. The process keeps running without clients so that an operator can inspect or stop it: a supervisor would restart
/// a process that exits. The lock guards the drain state and is never held across an await.
/// </summary>
internal sealed class OperatorDrain(ScalerServer server, EngineServer engine, ConnectionDrainer drain)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _draining;
    private Task _work = Task.CompletedTask;
    private bool _ended;

    /// <summary>Starts the drain, or stops it and accepts clients again. A repeated request has no effect.</summary>
    /// <returns>The number of connections on this server, or -1 if the server is already stopping.</returns>
    public int SetDraining(bool isDraining)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return -1;
            }

            if (isDraining != _draining is not null)
            {
                _draining?.Cancel();
                _draining = isDraining ? new CancellationTokenSource() : null;
                engine.AcceptsHandshakes = !isDraining;
                server.Membership.State = isDraining ? ServerState.Draining : ServerState.Up;
                _work = RunAsync(_work, _draining?.Token);
            }
        }

        return server.Local.ConnectionCount;
    }

    /// <summary>Cancels a requested drain and rejects further requests because the server is stopping.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _ended = true;
            _draining?.Cancel();
            return _work;
        }
    }

    private async Task RunAsync(Task previous, CancellationToken? draining)
    {
        await Task.Yield();
        await previous;
        await server.Membership.RenewNowAsync();
        if (draining is { } token)
        {
            await drain.CloseUntilEmptyAsync(token);
        }
    }
}
