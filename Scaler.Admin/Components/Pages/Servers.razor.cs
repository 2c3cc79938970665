using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Shows the servers, with actions to drain and resume them.</summary>
public sealed partial class Servers
{
    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private ClusterActions Actions { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private ActionReport? Report { get; set; }

    private async Task DrainAsync(ServerSample server)
    {
        var others = Cluster.LiveServers.Count(other => other.Info.State == ServerState.Up && other.Info.Id != server.Info.Id);
        var where = others == 0 ? "No other server is up, so clients can't reconnect." : $"Clients reconnect to the other {Format.Count(others, "server")}.";
        if (await ConfirmationDialog.ShowAsync(
            Dialogs, $"Drain {server.Info.Id}?",
            $"The server accepts no new clients and closes its {Format.Count(server.Info.Connections, "connection")} gradually. {where} The server keeps running without clients until you resume or stop it.",
            "Drain"))
        {
            Report = await Actions.DrainAsync((await Authentication).User, server.Info.Id);
        }
    }

    private async Task ResumeAsync(ServerSample server) =>
        Report = await Actions.ResumeAsync((await Authentication).User, server.Info.Id);
}
