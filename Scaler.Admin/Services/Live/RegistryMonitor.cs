using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Compares the registry with what the servers hold, while somebody watches. A comparison reads the whole registry, page by page,
/// so the more there is to read the longer it rests: Redis takes about a microsecond for an entry, and gets two hundred for it.
/// Only the loop writes <see cref="Current"/>.
/// </summary>
public sealed class RegistryMonitor : BackgroundService
{
    private static readonly TimeSpan RestPerEntry = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IClusterView _view;
    private readonly TimeProvider _time;
    private readonly Watchers _watchers;
    private TaskCompletionSource _asked = NewSignal();
    private volatile RegistrySnapshot _current = RegistrySnapshot.Empty;

    public RegistryMonitor(IClusterView view, TimeProvider time, ILogger<RegistryMonitor> logger)
    {
        _view = view;
        _time = time;
        _watchers = new Watchers(logger);
    }

    /// <summary>The last comparison. It may be old when nobody watched.</summary>
    public RegistrySnapshot Current => _current;

    /// <summary>How many watch.</summary>
    internal int Watching => _watchers.Count;

    /// <summary>Calls back after every comparison, on the monitor's thread, until the result is disposed.</summary>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <summary>Has them compared now; the watchers are told.</summary>
    public void Ask() => Volatile.Read(ref _asked).TrySetResult();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _watchers.SomebodyAsync(stoppingToken);
            Volatile.Write(ref _asked, NewSignal());
            _current = await CompareAsync(stoppingToken);
            _watchers.Notify();
            var rest = _current.State == RegistryState.Suspect ? SecondLook
                : Longer(_current.Registered * RestPerEntry, ShortestRest);
            try
            {
                await _asked.Task.WaitAsync(rest, _time, stoppingToken);
            }
            catch (TimeoutException)
            {
                // Rested; nobody was in a hurry.
            }
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<RegistrySnapshot> CompareAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            using var patience = new CancellationTokenSource(Patience, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            var check = await _view.CheckRegistryAsync(both.Token).WaitAsync(both.Token);
            var state = StateOf(check);
            var failure = state == RegistryState.Failed
                ? $"No answer from {string.Join(", ", check.Servers.Where(server => server.Held is null).Select(server => server.Server))}"
                : null;
            return new RegistrySnapshot(state, _time.GetUtcNow(), _time.GetElapsedTime(started), check, failure);
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            return new RegistrySnapshot(RegistryState.Failed, _time.GetUtcNow(), _time.GetElapsedTime(started), null, Outage.Describe(exception));
        }
    }

    private RegistryState StateOf(RegistryCheck check)
    {
        if (check.IsEqual)
        {
            return RegistryState.Equal;
        }

        if (check.Servers.All(server => server.IsEqual || server.Held is null))
        {
            // Not known is not different.
            return RegistryState.Failed;
        }

        if (check.Servers.All(server => server.IsEqual || (server.IsChanging && IsNear(server))))
        {
            return RegistryState.Changing;
        }

        // A client that comes or goes at the wrong moment makes one comparison fail, not two.
        return _current.State is RegistryState.Suspect or RegistryState.Different ? RegistryState.Different : RegistryState.Suspect;
    }

    /// <summary>As many as may have come and gone while some hundred thousand entries were read.</summary>
    private static bool IsNear(ServerCheck server) => Math.Abs((server.Held ?? 0) - server.Registered) <= 20 + (server.Registered / 100);
}
