namespace Scaler.Admin.Services.Live;

/// <summary>A server and how fast it works.</summary>
/// <param name="Info">What its lease says.</param>
/// <param name="Rates">Per second, over the last seconds.</param>
public sealed record ServerSample(ServerInfo Info, Rates Rates)
{
    /// <summary>Connections that are not on a WebSocket.</summary>
    public int Polling => Math.Max(0, Info.Connections - Info.WebSockets);
}
