using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Sends a message to one account or to all accounts.</summary>
public sealed partial class Broadcast
{
    private const string One = "one";
    private const string All = "all";

    private string? _to = One;
    private string? _account;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private ClusterActions Actions { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private ActionReport? Report { get; set; }

    // The component library exposes role and state only through ElementInternals, which some screen readers ignore.
    private string Checked(string value) => _to == value ? "true" : "false";

    private async Task SendAsync(Message message)
    {
        var who = (await Authentication).User;
        if (_to == One)
        {
            Report = string.IsNullOrEmpty(_account)
                ? new ActionReport(ActionOutcome.Invalid, "Enter an account name.")
                : await Actions.SendAsync(who, _account, message.Event, message.Arguments);
        }
        else if (await ConfirmationDialog.ShowAsync(Dialogs, "Send to all accounts?", ConfirmationText(message), "Send to all"))
        {
            Report = await Actions.BroadcastAsync(who, message.Event, message.Arguments);
        }
    }

    private string ConfirmationText(Message message) => Cluster.Counts is { } counts
        ? $"The event {Printable.Escape(message.Event)} is sent to {Format.Count(Cluster.Connections, "connection")} of {Format.Count(counts.Accounts, "account")}. This can't be undone."
        : $"The event {Printable.Escape(message.Event)} is sent to all connections of all accounts. This can't be undone.";
}
