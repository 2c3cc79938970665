using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

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

    // The library's element keeps its role and state to itself, where not every screen reader looks.
    private string Checked(string value) => _to == value ? "true" : "false";

    private async Task SendAsync(Message message)
    {
        var who = (await Authentication).User;
        if (_to == One)
        {
            Report = string.IsNullOrEmpty(_account)
                ? new ActionReport(ActionOutcome.Invalid, "Name the account to send to.")
                : await Actions.SendAsync(who, _account, message.Event, message.Arguments);
        }
        else if (await Confirm.AskAsync(Dialogs, "Send to everybody?", Question(message), "Send to all"))
        {
            Report = await Actions.BroadcastAsync(who, message.Event, message.Arguments);
        }
    }

    private string Question(Message message) => Cluster.Counts is { } counts
        ? $"{Printable.Text(message.Event)} goes to {Format.Count(Cluster.Connections, "connection")} of {Format.Count(counts.Accounts, "account")}. It can't be taken back."
        : $"{Printable.Text(message.Event)} goes to every connection of every account. It can't be taken back.";
}
