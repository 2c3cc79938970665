using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Diagnosis;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Components.Pages;

/// <summary>Shows the findings and the metrics of the whole cluster.</summary>
public sealed partial class Overview
{
    [Inject]
    private ErrorFeed Feed { get; set; } = default!;

    [Inject]
    private RegistryMonitor Registry { get; set; } = default!;

    private ErrorSnapshot Errors { get; set; } = ErrorSnapshot.Empty;

    private IReadOnlyList<Finding> Findings { get; set; } = [];

    private int Up => Cluster.CountServers(ServerState.Up);

    private int Draining => Cluster.CountServers(ServerState.Draining);

    private int Dead => Cluster.CountServers(ServerState.Dead);

    private Rates Rates => Cluster.Rates;

    private int Silent => Cluster.LiveServers.Count(server => server.Info.BusMilliseconds < 0);

    private string BusText => Cluster.LiveServers.Select(server => server.Info.BusMilliseconds).DefaultIfEmpty(0).ToArray() switch
    {
        var values when values.Min() < 0 => "unavailable",
        var values => Format.Milliseconds(values.Max()),
    };

    private bool IsDeliverySlow => Cluster.Delivery.P99Milliseconds > ClusterDiagnosis.SlowBusMilliseconds;

    private bool HasCriticalErrors => Errors.Rates.Any(type => ErrorNames.IsCritical(type.Key));

    private string ErrorTypes => Errors.Rates.Count == 0
        ? "None in the last minute"
        : string.Join(" · ", Errors.Rates.OrderByDescending(type => type.Value).Take(3).Select(type => $"{type.Value} {type.Key[ErrorNames.Prefix.Length..]}"));

    // The browser tab shows the number of critical findings, even in the background.
    private string Title => Findings.Count(finding => finding.Severity == Severity.Critical) + (Cluster.IsStale ? 1 : 0) is var count and > 0
        ? $"({count}!) Scaler"
        : "Scaler";

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Read();
        if (RendererInfo.IsInteractive)
        {
            Subscribe(Feed.Watch);
            Subscribe(Registry.Watch);
        }
    }

    protected override Task OnChangedAsync()
    {
        Read();
        return Task.CompletedTask;
    }

    private void Read()
    {
        Errors = Feed.Current;
        Findings = ClusterDiagnosis.Diagnose(Cluster, Errors, Registry.Current);
    }

    // No deliveries is a normal state. Show a dash, because null would show the loading skeleton.
    private static string FormatDelivery(double milliseconds) => double.IsFinite(milliseconds) ? Format.Milliseconds(milliseconds) : "–";

    private double[] Line(Func<HistoryPoint, double> value) => [.. Cluster.History.Select(value)];
}
