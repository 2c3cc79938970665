using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

public sealed partial class Account
{
    private const int MostConnections = 1000;
    private const int MostErrors = 50;

    private static readonly TimeSpan ActivityRest = TimeSpan.FromSeconds(2);

    private string? _shown;
    private DateTimeOffset _activityAsked;

    /// <summary>The account, where it fits into a path.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The account, where it does not; see <see cref="Links.Account"/>.</summary>
    [SupplyParameterFromQuery(Name = "name")]
    private string? NameInQuery { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private IClusterView View { get; set; } = default!;

    [Inject]
    private ClusterActions Actions { get; set; } = default!;

    [Inject]
    private ErrorFeed Feed { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private string Target => NameInQuery ?? Name;

    private string Shown => Format.Cut(Printable.Text(Target), 80);

    private IReadOnlyList<ConnectionInfo>? Connections { get; set; }

    private IReadOnlyDictionary<string, ConnectionActivity> Activity { get; set; } = new Dictionary<string, ConnectionActivity>();

    private IReadOnlyList<ScalerError> Errors { get; set; } = [];

    private ActionReport? Report { get; set; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive)
        {
            Follow(Feed.Watch);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown != Target)
        {
            (_shown, Connections, Report, _activityAsked) = (Target, null, null, default);
            ReadErrors();
            if (RendererInfo.IsInteractive)
            {
                await LoadAsync();
            }
        }
    }

    protected override Task ChangedAsync()
    {
        ReadErrors();
        return LoadAsync();
    }

    private void ReadErrors() => Errors = [.. Feed.Current.Errors.Where(error => error.Account == Target).Take(MostErrors)];

    private async Task LoadAsync()
    {
        var account = Target;
        var connections = await AskAsync(token => View.GetConnectionsAsync(account, MostConnections, token));
        if (account != Target)
        {
            return;
        }

        Connections = connections ?? Connections;
        if (connections is { Count: > 0 } && Time.GetUtcNow() - _activityAsked >= ActivityRest)
        {
            _activityAsked = Time.GetUtcNow();
            await LoadActivityAsync(account);
        }
    }

    // The registry knows nothing that changes while a client is just there; its servers are asked, and only while somebody looks. A
    // server that does not answer keeps the rest waiting no longer than a receipt, and what it holds is shown all the same.
    private async Task LoadActivityAsync(string account)
    {
        if (await AskAsync(token => View.GetActivityAsync(account, token)) is { } activity && account == Target)
        {
            Activity = activity.ToDictionary(connection => connection.Id);
        }
    }

    private async Task SendAsync(Message message)
    {
        var who = (await Authentication).User;
        Report = await Actions.SendAsync(who, Target, message.Event, message.Arguments);
    }

    private async Task DisconnectAllAsync()
    {
        var count = Format.Count(Connections?.Count ?? 0, "connection");
        if (await Confirm.AskAsync(Dialogs, $"Disconnect all of {Shown}?", $"This closes {count} on all servers. Clients usually connect again by themselves.", "Disconnect all"))
        {
            Report = await Actions.DisconnectAsync((await Authentication).User, Target);
            await LoadAsync();
        }
    }

    private async Task DisconnectAsync(ConnectionInfo connection)
    {
        if (await Confirm.AskAsync(Dialogs, "Disconnect this connection?", $"{connection.Id} of {Shown}, on server {connection.Server}. Its client usually connects again by itself.", "Disconnect"))
        {
            Report = await Actions.DisconnectAsync((await Authentication).User, Target, connection.Id);
            await LoadAsync();
        }
    }
}
