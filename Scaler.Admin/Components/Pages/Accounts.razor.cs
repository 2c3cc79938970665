using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

public sealed partial class Accounts
{
    private const int PageSize = 100;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    private DateTimeOffset _asked;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Prefix { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    private string? After { get; set; }

    [Inject]
    private IClusterView View { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private AccountPage? Page { get; set; }

    private string Total => Cluster.Counts is { } counts ? $"{Format.Count(counts.Accounts)} connected" : "";

    private string Shown => $"{Format.Count(Page!.Accounts.Count, "account")} shown";

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    protected override Task ChangedAsync() => Time.GetUtcNow() - _asked >= Refresh ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync()
    {
        var asked = (Prefix, After);
        _asked = Time.GetUtcNow();
        var page = await AskAsync(token => View.GetAccountsAsync(Prefix ?? "", string.IsNullOrEmpty(After) ? null : After, PageSize, token));

        // Somebody who types is ahead of the answers: one to an older question is not shown.
        if (asked == (Prefix, After))
        {
            Page = page ?? Page;
        }
    }

    private void SearchAsync(string? prefix)
    {
        Page = null;
        Navigation.NavigateTo(Links.Accounts(prefix), replace: true);
    }
}
