using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Shows an account: its connections, its recent errors, and the actions on it.</summary>
public sealed partial class Account
{
    private const int MaxConnections = 1000;
    private const int MaxErrors = 50;

    private static readonly TimeSpan ActivityInterval = TimeSpan.FromSeconds(2);

    private string? _loadedAccount;
    private DateTimeOffset _activityRequestedAt;

    /// <summary>Gets or sets the account name, if it can be a path segment.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>Gets or sets the account name, if it cannot be a path segment; see <see cref="Links.Account"/>.</summary>
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

    private string DisplayName => Format.Truncate(Printable.Escape(Target), 80);

    private IReadOnlyList<ScalerConnectionInfo>? Connections { get; set; }

    private IReadOnlyDictionary<string, ConnectionActivity> Activity { get; set; } = new Dictionary<string, ConnectionActivity>();

    private IReadOnlyList<ScalerError> Errors { get; set; } = [];

    private ActionReport? Report { get; set; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Feed.Watch);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loadedAccount != Target)
        {
            (_loadedAccount, Connections, Report, _activityRequestedAt) = (Target, null, null, default);
            ReadErrors();
            if (RendererInfo.IsInteractive)
            {
                await LoadAsync();
            }
        }
    }

    protected override Task OnChangedAsync()
    {
        ReadErrors();
        return LoadAsync();
    }

    private void ReadErrors() => Errors = [.. Feed.Current.Errors.Where(error => error.Account == Target).Take(MaxErrors)];

    private async Task LoadAsync()
    {
        var account = Target;
        var connections = await RequestAsync(token => View.GetConnectionsAsync(account, MaxConnections, token));
        if (account != Target)
        {
            return;
        }

        Connections = connections ?? Connections;
        if (connections is { Count: > 0 } && Time.GetUtcNow() - _activityRequestedAt >= ActivityInterval)
        {
            _activityRequestedAt = Time.GetUtcNow();
            await LoadActivityAsync(account);
        }
    }

    // Activity (last seen, queued) is not in the registry, so request it from the servers while the page is open. A server that
    // does not respond delays the result by the receipt timeout at most. Its connections are shown without activity.
    private async Task LoadActivityAsync(string account)
    {
        if (await RequestAsync(token => View.GetActivityAsync(account, token)) is { } activity && account == Target)
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
        if (await ConfirmationDialog.ShowAsync(Dialogs, $"Disconnect all connections of {DisplayName}?", $"This closes {count} on all servers. Clients usually reconnect automatically.", "Disconnect all"))
        {
            Report = await Actions.DisconnectAsync((await Authentication).User, Target);
            await LoadAsync();
        }
    }

    private async Task DisconnectAsync(ScalerConnectionInfo connection)
    {
        if (await ConfirmationDialog.ShowAsync(Dialogs, "Disconnect this connection?", $"This closes {connection.Id} of {DisplayName} on server {connection.Server}. The client usually reconnects automatically.", "Disconnect"))
        {
            Report = await Actions.DisconnectAsync((await Authentication).User, Target, connection.Id);
            await LoadAsync();
        }
    }
}
