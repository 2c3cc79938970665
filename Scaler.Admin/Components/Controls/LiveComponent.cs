using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Components.Controls;

/// <summary>
/// Shows the cluster as it is now: watches the monitor from when the page is live until it is left. Its source decides how often;
/// a page that is still busy with the last change skips one.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _left = new();
    private readonly List<IDisposable> _watches = [];
    private int _pending;

    /// <summary>Samples the cluster.</summary>
    [Inject]
    protected ClusterMonitor Monitor { get; set; } = default!;

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>What was last seen.</summary>
    protected ClusterSnapshot Cluster { get; private set; } = ClusterSnapshot.Empty;

    /// <summary>Why the last question was not answered; null if it was.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Left => _left.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Cluster = Monitor.Current;
        // While the page is rendered on the server first, nobody looks at it yet.
        if (RendererInfo.IsInteractive)
        {
            Follow(Monitor.Watch);
        }
    }

    /// <summary>Watches a source until the page is left.</summary>
    protected void Follow(Func<Action, IDisposable> watch)
    {
        ArgumentNullException.ThrowIfNull(watch);
        _watches.Add(watch(Signal));
    }

    /// <summary>Asks the cluster something. No answer in time is an answer too: null, with <see cref="Failure"/> set.</summary>
    protected async Task<T?> AskAsync<T>(Func<CancellationToken, Task<T>> ask)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            using var patience = new CancellationTokenSource(Patience, Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, Left);
            var answer = await ask(both.Token).WaitAsync(both.Token);
            Failure = null;
            return answer;
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !_left.IsCancellationRequested)
        {
            Failure = Outage.Describe(exception);
            return null;
        }
    }

    /// <summary>Called on the page's own thread before it is drawn again.</summary>
    protected virtual Task ChangedAsync() => Task.CompletedTask;

    /// <summary>Ends the watches.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_left.IsCancellationRequested)
        {
            _left.Cancel();
            _left.Dispose();
            foreach (var watch in _watches)
            {
                watch.Dispose();
            }
        }
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            _ = InvokeAsync(RefreshAsync);
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            if (!_left.IsCancellationRequested)
            {
                Cluster = Monitor.Current;
                await ChangedAsync();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left while it asked.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
        finally
        {
            Volatile.Write(ref _pending, 0);
        }
    }
}
