using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Drains this server when an operator requests it over the cluster's bus. Unlike a drain at shutdown, this drain can be
/// cancelled. The process keeps running without clients so that an operator can inspect or stop it: a supervisor would restart
/// a process that exits. The lock of <see cref="DrainState"/> guards the fields and is never held across an await.
/// </summary>
internal sealed class OperatorDrain(DrainState state, ClusterMembership membership, EngineServer engine, ConnectionDrainer drain)
{
    private CancellationTokenSource? _draining;
    private Task _work = Task.CompletedTask;

    /// <summary>Starts to carry out the requests of operators.</summary>
    public void Start() => state.Changed += OnChanged;

    /// <summary>Cancels a requested drain. The state stays draining and rejects requests, because the server is stopping.</summary>
    public Task StopAsync()
    {
        // No change follows the stop, so the fields below do not change any more.
        state.Stop();
        _draining?.Cancel();
        return _work;
    }

    private void OnChanged(bool isDraining)
    {
        _draining?.Cancel();
        _draining = isDraining ? new CancellationTokenSource() : null;
        engine.AcceptsHandshakes = !isDraining;
        _work = RunAsync(_work, _draining?.Token);
    }

    private async Task RunAsync(Task previous, CancellationToken? draining)
    {
        await Task.Yield();
        await previous;
        await membership.RenewNowAsync();
        if (draining is { } token)
        {
            await drain.CloseUntilEmptyAsync(token);
        }
    }
}
