using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Shows the latest errors, with filters.</summary>
public sealed partial class Errors
{
    // Rendering 1,000 rows four times per second would overload a phone.
    private const int PageSize = 100;

    private static readonly string[] Names =
        [ErrorNames.Connect, ErrorNames.Disconnect, ErrorNames.Json, ErrorNames.Invalid, ErrorNames.Validation, ErrorNames.Handler, ErrorNames.Limit];

    private int _maxVisible = PageSize;

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

    /// <summary>Gets or sets the snapshot at the time of the pause, or <see langword="null"/> if the feed is live.</summary>
    private ErrorSnapshot? Paused { get; set; }

    private IReadOnlyList<ScalerError> All => (Paused ?? Feed.Current).Errors;

    private IReadOnlyList<ScalerError> Matching { get; set; } = [];

    private IReadOnlyList<ScalerError> Visible { get; set; } = [];

    private int NewCount => Paused is null ? 0 : Feed.Current.Errors.TakeWhile(error => Paused.Errors is not [var last, ..] || error.At > last.At).Count();

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Feed.Watch);
        }
    }

    protected override void OnParametersSet() => Apply();

    protected override Task OnChangedAsync()
    {
        if (Paused is null)
        {
            Apply();
        }

        return Task.CompletedTask;
    }

    private void Apply()
    {
        Matching = Filter.IsEmpty ? All : [.. All.Where(Filter.Matches)];
        Visible = Matching.Count <= _maxVisible ? Matching : [.. Matching.Take(_maxVisible)];
    }

    private void ShowMore()
    {
        _maxVisible += PageSize;
        Apply();
    }

    private void TogglePause()
    {
        Paused = Paused is null ? Feed.Current : null;
        Apply();
    }

    private void Go(ErrorFilter filter) => Navigation.NavigateTo(Links.Errors(filter), replace: true);
}
