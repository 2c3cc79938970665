using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components.Controls;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

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
        var others = Cluster.Live.Count(other => other.Info.State == ServerState.Up && other.Info.Id != server.Info.Id);
        var where = others == 0 ? "There is no other server that is up: they will have nowhere to go." : $"They connect again to the other {Format.Count(others, "server")}.";
        if (await Confirm.AskAsync(
            Dialogs, $"Drain {server.Info.Id}?",
            $"It takes no new client and closes its {Format.Count(server.Info.Connections, "connection")}, a few at a time. {where} It stays up, without clients, until it is told to resume or stopped.",
            "Drain"))
        {
            Report = await Actions.DrainAsync((await Authentication).User, server.Info.Id);
        }
    }

    private async Task ResumeAsync(ServerSample server) =>
        Report = await Actions.ResumeAsync((await Authentication).User, server.Info.Id);
}
