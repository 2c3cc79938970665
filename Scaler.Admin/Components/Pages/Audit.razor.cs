using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Pages;

/// <summary>Shows the audit log.</summary>
public sealed partial class Audit
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    private DateTimeOffset _requestedAt;

    [Inject]
    private AuditLog Log { get; set; } = default!;

    private IReadOnlyList<AuditEntry> Entries { get; set; } = [];

    private bool IsRead { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Entries = Log.Entries;
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Log.Watch);
            await LoadAsync();
        }
    }

    protected override Task OnChangedAsync()
    {
        Entries = Log.Entries;
        return Time.GetUtcNow() - _requestedAt >= RefreshInterval ? LoadAsync() : Task.CompletedTask;
    }

    private async Task LoadAsync()
    {
        _requestedAt = Time.GetUtcNow();
        if (await RequestAsync(Log.ReadAsync) is { } entries)
        {
            (Entries, IsRead) = (entries, true);
        }
    }
}
