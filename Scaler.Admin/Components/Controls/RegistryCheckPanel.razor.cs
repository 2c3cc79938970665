using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Components.Controls;

/// <summary>Compares the registry with what the servers hold.</summary>
public sealed partial class RegistryCheckPanel
{
    // All entries are read, page by page: at a million connections that takes a while.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private bool _busy;

    [Inject]
    private IClusterView View { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private RegistryCheck? Check { get; set; }

    private DateTimeOffset At { get; set; }

    private string? Failure { get; set; }

    private async Task CompareAsync()
    {
        if (_busy)
        {
            return;
        }

        _busy = true;
        try
        {
            using var patience = new CancellationTokenSource(Patience, Time);
            (Check, At, Failure) = (await View.CheckRegistryAsync(patience.Token).WaitAsync(patience.Token), Time.GetUtcNow(), null);
        }
        catch (Exception exception) when (Outage.IsOutage(exception))
        {
            (Check, Failure) = (null, Outage.Describe(exception));
        }
        finally
        {
            _busy = false;
        }
    }
}
