using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// A drain that an operator asked for, over the cluster's bus. Unlike one that ends a process it can be taken back: the server
/// stays up without clients, for somebody to look at it or to stop it, because to exit would make whoever supervises it start it
/// again. The lock guards which of the two holds; nothing is waited for under it.
/// </summary>
internal sealed class RequestedDrain(ScalerServer server, EngineServer engine, ScalerDrain drain)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _draining;
    private Task _work = Task.CompletedTask;
    private bool _ended;

    /// <summary>Begins to drain, or takes clients again; asked twice, it goes on as it is.</summary>
    /// <returns>How many connections there are, or -1 where the server is about to stop anyway.</returns>
    public int Set(bool wanted)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return -1;
            }

            if (wanted != _draining is not null)
            {
                _draining?.Cancel();
                _draining = wanted ? new CancellationTokenSource() : null;
                engine.AcceptsHandshakes = !wanted;
                server.Membership.State = wanted ? ServerState.Draining : ServerState.Up;
                _work = RunAsync(_work, _draining?.Token);
            }
        }

        return server.Local.Connections;
    }

    /// <summary>The server stops: from now on that decides.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            _ended = true;
            _draining?.Cancel();
            return _work;
        }
    }

    private async Task RunAsync(Task before, CancellationToken? draining)
    {
        await Task.Yield();
        await before;
        await server.Membership.AnnounceAsync();
        if (draining is { } token)
        {
            await drain.EmptyAsync(token);
        }
    }
}
