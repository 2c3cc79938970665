using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using Microsoft.JSInterop;
using Scaler.Admin.Components.Tables;
using Scaler.Admin.Services.Accounts;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

public sealed partial class Accounts
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    private DateTimeOffset _asked;
    private (string? Prefix, string? At)? _opened;
    private string? _at;
    private int _rows;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Prefix { get; set; }

    /// <summary>The account that the list is scrolled to.</summary>
    [SupplyParameterFromQuery]
    private string? At { get; set; }

    [Inject]
    private IClusterView View { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    /// <summary>What is shown; null until something is.</summary>
    private AccountWindow? Window { get; set; }

    private AccountGrid? Grid { get; set; }

    /// <summary>Of the window that is shown: a table that is going must not ask for what the next one shows.</summary>
    private GridItemsProvider<AccountInfo>? Provider { get; set; }

    /// <summary>Read out when a search has its answer; what changes afterwards is not.</summary>
    private string? Found { get; set; }

    private string Counted => (Window?.Total, Cluster.Counts) switch
    {
        ({ } found, { } counts) when !string.IsNullOrEmpty(Prefix) => $"{Format.Count(found)} of {Format.Count(counts.Accounts)} connected",
        (_, { } counts) => $"{Format.Count(counts.Accounts)} connected",
        _ => "",
    };

    protected override Task OnParametersSetAsync()
    {
        // A link to the list leads to its top, also from further down, where the address alone has moved.
        if (!RendererInfo.IsInteractive || (_opened == (Prefix, At) && _at == At))
        {
            return Task.CompletedTask;
        }

        (_opened, _at) = ((Prefix, At), At);
        return OpenAsync();
    }

    protected override async Task ChangedAsync()
    {
        if (Time.GetUtcNow() - _asked >= Refresh)
        {
            _asked = Time.GetUtcNow();
            await (Grid is { } grid && Window?.Total > 0 ? grid.RefreshAsync() : OpenAsync());
        }
    }

    private async Task OpenAsync()
    {
        var opening = _opened;
        _asked = Time.GetUtcNow();
        var window = await AskAsync(token => new AccountWindow(View, Prefix ?? "").OpenAsync(At, token));

        // Somebody who types is ahead of the answers: one to an older question is not shown.
        if (opening == _opened && window is not null)
        {
            (Window, Provider) = (window, request => ProvideAsync(window, request));
            Found = string.IsNullOrEmpty(Prefix) ? null : $"{Format.Count(window.Total ?? 0, "account")} found";
        }
        else if (opening == _opened && Window?.Prefix != (Prefix ?? ""))
        {
            // What was found before must not be taken for what is searched for now.
            Window = null;
        }
    }

    private async ValueTask<GridItemsProviderResult<AccountInfo>> ProvideAsync(AccountWindow window, GridItemsProviderRequest<AccountInfo> request)
    {
        if (request.Count is not { } count)
        {
            // Asked before the table has found out how many rows it can show.
            return GridItemsProviderResult.From<AccountInfo>([], window.Rows);
        }

        try
        {
            var (failed, rows) = (Failure is not null, _rows);
            var accounts = await AskAsync(token => window.ReadAsync(request.StartIndex, count, token));
            _rows = window.Rows;
            if ((failed, rows) != (Failure is not null, _rows))
            {
                _ = DrawAsync();
            }

            await PlaceAsync(window);
            return GridItemsProviderResult.From([.. accounts ?? window.Known(request.StartIndex, count)], window.Rows);
        }
        catch (Exception exception) when (exception is OperationCanceledException or JSDisconnectedException)
        {
            // The page was left while it asked.
            return default;
        }
    }

    // The table draws its rows by itself, but not how many there are.
    private async Task DrawAsync()
    {
        await Task.Yield();
        StateHasChanged();
    }

    // The place goes into the address without a navigation: nothing is to be drawn again, and nothing to be scrolled.
    private async Task PlaceAsync(AccountWindow window)
    {
        if (window == Window && window.At != _at)
        {
            _at = window.At;
            await Script.InvokeVoidAsync("scaler.place", Left, Links.Accounts(Prefix, _at));
        }
    }

    private void Search(string? prefix) => Navigation.NavigateTo(Links.Accounts(prefix), replace: true);
}
