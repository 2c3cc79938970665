using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using Microsoft.JSInterop;
using Scaler.Admin.Components.Tables;
using Scaler.Admin.Services.Accounts;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Lists the connected accounts, filtered by a name prefix.</summary>
public sealed partial class Accounts
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    private DateTimeOffset _requestedAt;
    private (string? Prefix, string? At)? _opened;
    private string? _at;
    private int _rows;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Prefix { get; set; }

    /// <summary>Gets or sets the account that the list is scrolled to.</summary>
    [SupplyParameterFromQuery]
    private string? At { get; set; }

    [Inject]
    private IClusterView View { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    /// <summary>Gets or sets the displayed accounts, or <see langword="null"/> until they are loaded.</summary>
    private AccountWindow? Window { get; set; }

    private AccountGrid? Grid { get; set; }

    /// <summary>
    /// Gets or sets the provider bound to the current <see cref="Window"/>, so that a table being replaced does not read from
    /// the new one.
    /// </summary>
    private GridItemsProvider<AccountInfo>? Provider { get; set; }

    /// <summary>Gets or sets the search result announced to screen readers. Later changes are not announced.</summary>
    private string? Found { get; set; }

    private string Counted => (Window?.Total, Cluster.Counts) switch
    {
        ({ } found, { } counts) when !string.IsNullOrEmpty(Prefix) => $"{Format.Count(found)} of {Format.Count(counts.Accounts)} connected",
        (_, { } counts) => $"{Format.Count(counts.Accounts)} connected",
        _ => "",
    };

    protected override Task OnParametersSetAsync()
    {
        // A link to the list scrolls to its top, even if only the at parameter of the URL has changed by scrolling.
        if (!RendererInfo.IsInteractive || (_opened == (Prefix, At) && _at == At))
        {
            return Task.CompletedTask;
        }

        (_opened, _at) = ((Prefix, At), At);
        return OpenAsync();
    }

    protected override async Task OnChangedAsync()
    {
        if (Time.GetUtcNow() - _requestedAt >= RefreshInterval)
        {
            _requestedAt = Time.GetUtcNow();
            await (Grid is { } grid && Window?.Total > 0 ? grid.RefreshAsync() : OpenAsync());
        }
    }

    private async Task OpenAsync()
    {
        var opening = _opened;
        _requestedAt = Time.GetUtcNow();
        var window = await RequestAsync(token => new AccountWindow(View, Prefix ?? "").OpenAsync(At, token));

        // Ignore the result of an older search: the user has typed on since.
        if (opening == _opened && window is not null)
        {
            (Window, Provider) = (window, request => ProvideAsync(window, request));
            Found = string.IsNullOrEmpty(Prefix) ? null : $"{Format.Count(window.Total ?? 0, "account")} found";
        }
        else if (opening == _opened && Window?.Prefix != (Prefix ?? ""))
        {
            // Do not show the results of an earlier search for the current search text.
            Window = null;
        }
    }

    private async ValueTask<GridItemsProviderResult<AccountInfo>> ProvideAsync(AccountWindow window, GridItemsProviderRequest<AccountInfo> request)
    {
        if (request.Count is not { } count)
        {
            // The table has not measured the number of visible rows yet.
            return GridItemsProviderResult.From<AccountInfo>([], window.Rows);
        }

        try
        {
            var (failed, rows) = (Failure is not null, _rows);
            var accounts = await RequestAsync(token => window.ReadAsync(request.StartIndex, count, token));
            _rows = window.Rows;
            if ((failed, rows) != (Failure is not null, _rows))
            {
                _ = RenderAsync();
            }

            await UpdateUrlAsync(window);
            return GridItemsProviderResult.From([.. accounts ?? window.GetCached(request.StartIndex, count)], window.Rows);
        }
        catch (Exception exception) when (exception is OperationCanceledException or JSDisconnectedException)
        {
            // The page was left during the request.
            return default;
        }
    }

    // The table renders its rows itself, but not the row count and failures shown by this page.
    private async Task RenderAsync()
    {
        await Task.Yield();
        StateHasChanged();
    }

    // Update the URL without a navigation, which would render and scroll again.
    private async Task UpdateUrlAsync(AccountWindow window)
    {
        if (window == Window && window.FirstVisibleAccount != _at)
        {
            _at = window.FirstVisibleAccount;
            await Script.InvokeVoidAsync("scaler.replaceUrl", DisposalToken, Links.Accounts(Prefix, _at));
        }
    }

    private void Search(string? prefix) => Navigation.NavigateTo(Links.Accounts(prefix), replace: true);
}
