using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Components.Controls;

/// <summary>Shows the last comparison of the registry with the servers' connections, with a button to start another.</summary>
public sealed partial class RegistryCheckPanel
{
    private bool _busy;
    private RegistrySnapshot? _before;

    [Inject]
    private RegistryMonitor Comparing { get; set; } = default!;

    private RegistrySnapshot Registry { get; set; } = RegistrySnapshot.Empty;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Registry = Comparing.Current;
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Comparing.Watch);
        }
    }

    /// <inheritdoc/>
    protected override Task OnChangedAsync()
    {
        Registry = Comparing.Current;
        _busy = _busy && ReferenceEquals(Registry, _before);
        return Task.CompletedTask;
    }

    private void Compare()
    {
        (_busy, _before) = (true, Registry);
        Comparing.RequestCheck();
    }
}
