using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Components.Controls;

/// <summary>
/// Base class of components that show live data. It watches the monitor from the first interactive render until it is disposed.
/// The data source determines the update rate. A component that is still processing an update skips the next one.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _disposal = new();
    private readonly List<IDisposable> _watches = [];
    private int _pending;

    /// <summary>Gets or sets the monitor that samples the cluster.</summary>
    [Inject]
    protected ClusterMonitor Monitor { get; set; } = default!;

    /// <summary>Gets or sets the time provider.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>Gets the last snapshot of the cluster.</summary>
    protected ClusterSnapshot Cluster { get; private set; } = ClusterSnapshot.Empty;

    /// <summary>Gets the reason why the last request failed, or <see langword="null"/> if it succeeded.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Gets a token that is canceled when the component is disposed.</summary>
    protected CancellationToken DisposalToken => _disposal.Token;

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

        // Prerendered components are not connected to a browser yet and need no updates.
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Monitor.Watch);
        }
    }

    /// <summary>Watches a data source until the component is disposed.</summary>
    /// <param name="watch">The method that registers a callback at the source.</param>
    protected void Subscribe(Func<Action, IDisposable> watch)
    {
        ArgumentNullException.ThrowIfNull(watch);
        _watches.Add(watch(Signal));
    }

    /// <summary>Sends a request to the cluster, with a timeout of 3 s.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="ask">The request.</param>
    /// <returns>
    /// The result, or <see langword="null"/> if the cluster is unavailable or does not respond in time. <see cref="Failure"/>
    /// then contains the reason.
    /// </returns>
    protected async Task<T?> RequestAsync<T>(Func<CancellationToken, Task<T>> ask)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            using var timeout = new CancellationTokenSource(RequestTimeout, Time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, DisposalToken);
            var answer = await ask(linked.Token).WaitAsync(linked.Token);
            Failure = null;
            return answer;
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !_disposal.IsCancellationRequested)
        {
            Failure = Outage.Describe(exception);
            return null;
        }
    }

    /// <summary>Updates the component after a change, in its synchronization context. It is rendered again afterwards.</summary>
    /// <returns>A task that represents the update.</returns>
    protected virtual Task OnChangedAsync() => Task.CompletedTask;

    /// <summary>Unregisters the component from all data sources and cancels <see cref="DisposalToken"/>.</summary>
    /// <param name="disposing"><see langword="true"/> to release managed resources.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_disposal.IsCancellationRequested)
        {
            _disposal.Cancel();
            _disposal.Dispose();
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
            if (!_disposal.IsCancellationRequested)
            {
                Cluster = Monitor.Current;
                await OnChangedAsync();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // The component was disposed during a request.
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
