using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Components.Tables;

/// <summary>Shows the servers in a table.</summary>
public sealed partial class ServerGrid
{
    private static readonly GridSort<ServerSample> ById = GridSort<ServerSample>.ByAscending(server => server.Info.Id);
    private static readonly GridSort<ServerSample> ByState = GridSort<ServerSample>.ByDescending(server => server.Info.State).ThenAscending(server => server.Info.Id);
    private static readonly GridSort<ServerSample> ByConnections = GridSort<ServerSample>.ByDescending(server => server.Info.Connections);
    private static readonly GridSort<ServerSample> ByIn = GridSort<ServerSample>.ByDescending(server => server.Rates.In);
    private static readonly GridSort<ServerSample> ByOut = GridSort<ServerSample>.ByDescending(server => server.Rates.Out);
    private static readonly GridSort<ServerSample> ByErrors = GridSort<ServerSample>.ByDescending(server => server.Rates.Errors);
    private static readonly GridSort<ServerSample> ByDelivery = GridSort<ServerSample>.ByDescending(server => server.Info.DeliveryP99Milliseconds);
    private static readonly GridSort<ServerSample> ByQueued = GridSort<ServerSample>.ByDescending(server => server.Info.QueuedBytes);
    private static readonly GridSort<ServerSample> ByMemory = GridSort<ServerSample>.ByDescending(server => server.Info.MemoryBytes);
    private static readonly GridSort<ServerSample> ByStart = GridSort<ServerSample>.ByAscending(server => server.Info.StartedAt);

    /// <summary>Gets or sets the servers.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<ServerSample> Servers { get; set; }

    /// <summary>Gets or sets a value indicating whether only the status columns are shown.</summary>
    [Parameter]
    public bool IsCompact { get; set; }

    /// <summary>Gets or sets the callback that receives the server to drain.</summary>
    [Parameter]
    public EventCallback<ServerSample> Drain { get; set; }

    /// <summary>Gets or sets the callback that receives the server to resume.</summary>
    [Parameter]
    public EventCallback<ServerSample> Resume { get; set; }

    [Inject]
    private IOptions<AdminOptions> Options { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string? Dashboard => Options.Value.DashboardUrl;

    private DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Returns the servers that cannot reach a server, with the reason.</summary>
    private IEnumerable<(string Source, string Reason)> ReportsAbout(ServerInfo info) =>
        from server in Servers
        where server.Info.State != ServerState.Dead
        from unreachable in server.Info.Unreachable
        where unreachable.Id == info.Id
        select (server.Info.Id, $"{unreachable.Url}: {unreachable.Reason}");
}
