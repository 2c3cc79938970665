using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

public sealed partial class Errors
{
    // A thousand rows drawn four times a second would keep a phone busy, and nobody reads them.
    private const int Step = 100;

    private static readonly string[] Names =
        [ErrorNames.Connect, ErrorNames.Disconnect, ErrorNames.Json, ErrorNames.Invalid, ErrorNames.Validation, ErrorNames.Handler, ErrorNames.Limit];

    private int _most = Step;

    [SupplyParameterFromQuery]
    private string? Type { get; set; }

    [SupplyParameterFromQuery]
    private bool Critical { get; set; }

    [SupplyParameterFromQuery(Name = "account")]
    private string? AccountName { get; set; }

    [SupplyParameterFromQuery]
    private string? Server { get; set; }

    [SupplyParameterFromQuery]
    private string? Text { get; set; }

    [Inject]
    private ErrorFeed Feed { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private ErrorFilter Filter => new(Type, Critical, AccountName, Server, Text);

    /// <summary>What was there when somebody stopped the feed to read.</summary>
    private ErrorSnapshot? Paused { get; set; }

    private IReadOnlyList<ScalerError> All => (Paused ?? Feed.Current).Errors;

    private IReadOnlyList<ScalerError> Passing { get; set; } = [];

    private IReadOnlyList<ScalerError> Visible { get; set; } = [];

    private int NewCount => Paused is null ? 0 : Feed.Current.Errors.TakeWhile(error => Paused.Errors is not [var last, ..] || error.At > last.At).Count();

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive)
        {
            Follow(Feed.Watch);
        }
    }

    protected override void OnParametersSet() => Apply();

    protected override Task ChangedAsync()
    {
        if (Paused is null)
        {
            Apply();
        }

        return Task.CompletedTask;
    }

    private void Apply()
    {
        Passing = Filter.IsEmpty ? All : [.. All.Where(Filter.Passes)];
        Visible = Passing.Count <= _most ? Passing : [.. Passing.Take(_most)];
    }

    private void ShowMore()
    {
        _most += Step;
        Apply();
    }

    private void TogglePause()
    {
        Paused = Paused is null ? Feed.Current : null;
        Apply();
    }

    private void Go(ErrorFilter filter) => Navigation.NavigateTo(Links.Errors(filter), replace: true);
}
